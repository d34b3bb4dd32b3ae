// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/storedtime.h"

#include "models/edit/valuetext.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QRegularExpression>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct StoredTimeText
{
    Q_DECLARE_TR_FUNCTIONS(StoredTime)
};

/// A time as it is written, in parts.
struct Parts
{
    QDate date;
    QTime time;
    QString fraction;
    QString separator;
    QString offset;
    bool hasSeconds = false;
};

std::optional<Parts> partsOf(const QString &text)
{
    static const QRegularExpression form(u"^([0-9]{4})-([0-9]{2})-([0-9]{2})([ T])([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]+))?)?( ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?))?$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    Parts parts;
    parts.date = QDate(match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt());
    parts.time = QTime(match.captured(5).toInt(), match.captured(6).toInt(), match.captured(7).toInt());
    parts.hasSeconds = !match.captured(7).isEmpty();
    parts.fraction = match.captured(8);
    parts.separator = match.captured(4);
    parts.offset = match.captured(9);
    return parts.date.isValid() && parts.time.isValid() ? std::optional(parts) : std::nullopt;
}

int secondsOfOffset(const QString &offset)
{
    QString digits = offset.trimmed();
    if (digits.isEmpty() || digits == u"Z")
        return 0;
    const int sign = digits.startsWith(u'-') ? -1 : 1;
    digits.remove(0, 1);
    digits.remove(u':');
    return sign * (digits.left(2).toInt() * 3600 + digits.mid(2, 2).toInt() * 60 + digits.mid(4, 2).toInt());
}

qint64 secondsOf(const Parts &parts)
{
    return QDateTime(parts.date, parts.time, Qt::UTC).toSecsSinceEpoch();
}

int offsetIn(const QTimeZone &zone, qint64 seconds)
{
    return zone.offsetFromUtc(QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC));
}

QString dateAndTime(qint64 seconds, const QString &separator, bool hasSeconds)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC);
    return time.toString(u"yyyy-MM-dd"_s) + separator + time.toString(hasSeconds ? u"HH:mm:ss"_s : u"HH:mm"_s);
}

QString pointed(const QString &fraction)
{
    return fraction.isEmpty() ? QString() : u'.' + fraction;
}

} // namespace

std::optional<StoredTime::Unit> StoredTime::unitOf(const QString &meaning, const QString &type)
{
    if (meaning == u"epoch-s")
        return Unit::Seconds;
    if (meaning == u"epoch-ms")
        return Unit::Milliseconds;
    if (meaning == u"utc-text" || meaning == u"zoned-time" || (type.startsWith(u"timestamp"_s) && type.endsWith(u" with time zone"_s)))
        return Unit::None;
    return std::nullopt;
}

std::optional<StoredTime> StoredTime::read(const Value &stored, Unit unit)
{
    if (stored.isNull() || stored.type() == ValueType::Blob)
        return std::nullopt;
    StoredTime time;
    time.m_stored = stored;
    time.m_unit = unit;
    const QString text = editableText(stored);
    if (unit == Unit::None) {
        const std::optional<Parts> parts = partsOf(text);
        if (!parts)
            return std::nullopt;
        time.m_fraction = parts->fraction;
        time.m_separator = parts->separator;
        time.m_offset = parts->offset;
        time.m_offsetSeconds = secondsOfOffset(parts->offset);
        time.m_hasSeconds = parts->hasSeconds;
        time.m_seconds = secondsOf(*parts) - time.m_offsetSeconds;
        return time;
    }
    // A number: its digits are moved, never computed.
    static const QRegularExpression form(u"^([0-9]{1,15})(?:\\.([0-9]+))?$"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    QString whole = match.captured(1);
    time.m_fraction = match.captured(2);
    if (unit == Unit::Milliseconds) {
        whole = whole.rightJustified(4, u'0');
        time.m_fraction.prepend(whole.right(3));
        whole.chop(3);
    }
    time.m_seconds = whole.toLongLong();
    constexpr qint64 year9999 = 253'402'300'799;
    return time.m_seconds <= year9999 ? std::optional(time) : std::nullopt;
}

QString StoredTime::textIn(const QTimeZone &zone) const
{
    return dateAndTime(m_seconds + offsetIn(zone, m_seconds), u" "_s, m_hasSeconds) + pointed(m_fraction);
}

Result<Value> StoredTime::withText(const QString &wanted, const QTimeZone &zone) const
{
    const QString text = wanted.trimmed();
    if (text == textIn(zone))
        return m_stored;
    std::optional<Parts> parts = partsOf(text);
    if (!parts)
        parts = partsOf(text + u" 00:00"_s);
    if (!parts)
        return failure(ErrorCode::InvalidInput, StoredTimeText::tr("A time is written as 2025-10-21 09:14:00, with an offset such as +02:00 behind it if you like."));
    const qint64 local = secondsOf(*parts);
    if (!parts->offset.isEmpty())
        return written(local - secondsOfOffset(parts->offset), parts->fraction);
    // An hour that the clock shows twice stays the one of the two that it was.
    const int before = offsetIn(zone, m_seconds);
    if (offsetIn(zone, local - before) == before)
        return written(local - before, parts->fraction);
    constexpr qint64 day = 86'400;
    for (const qint64 near : {local - day, local + day}) {
        const int offset = offsetIn(zone, near);
        if (offsetIn(zone, local - offset) == offset)
            return written(local - offset, parts->fraction);
    }
    return failure(ErrorCode::InvalidInput, StoredTimeText::tr("%1 does not exist in %2: the clocks skip it. Write an offset such as +01:00 behind it.").arg(text, QString::fromUtf8(zone.id())));
}

Result<Value> StoredTime::written(qint64 seconds, QString fraction) const
{
    // As many digits as before; more only where they say something.
    while (fraction.size() > m_fraction.size() && fraction.endsWith(u'0'))
        fraction.chop(1);
    fraction = fraction.leftJustified(m_fraction.size(), u'0');
    if (m_unit == Unit::None) {
        const QDateTime shown = QDateTime::fromSecsSinceEpoch(seconds + m_offsetSeconds, Qt::UTC);
        const bool hasSeconds = m_hasSeconds || shown.time().second() != 0 || !fraction.isEmpty();
        return Value::text(dateAndTime(seconds + m_offsetSeconds, m_separator, hasSeconds) + pointed(fraction) + m_offset);
    }
    if (seconds < 0)
        return failure(ErrorCode::InvalidInput, StoredTimeText::tr("The column counts from 1970: an earlier time has no place in it."));
    QString token = QString::number(seconds);
    if (m_unit == Unit::Milliseconds) {
        token += fraction.left(3).leftJustified(3, u'0');
        fraction.remove(0, 3);
    }
    if (m_stored.type() == ValueType::Integer) {
        if (!fraction.isEmpty())
            return failure(ErrorCode::InvalidInput, m_unit == Unit::Milliseconds ? StoredTimeText::tr("The column keeps whole milliseconds.") : StoredTimeText::tr("The column keeps whole seconds."));
        return Value::integer(token.toLongLong());
    }
    if (m_stored.type() == ValueType::Text)
        return Value::text(token + pointed(fraction));
    while (fraction.endsWith(u'0'))
        fraction.chop(1);
    token += pointed(fraction);
    const double real = token.toDouble();
    if (editableText(Value::real(real)) != (token.contains(u'.') ? token : token + u".0"_s))
        return failure(ErrorCode::InvalidInput, StoredTimeText::tr("The column cannot hold all digits of %1.").arg(token));
    return Value::real(real);
}

} // namespace turnstone
