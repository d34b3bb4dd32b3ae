// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/celltext.h"

#include <QLocale>
#include <QStringDecoder>

namespace turnstone {

using namespace Qt::StringLiterals;

bool isNumericType(const QString &typeName)
{
    if (typeName.endsWith(u"[]"_s) || typeName.contains(u"interval"_s, Qt::CaseInsensitive) || typeName.contains(u"point"_s, Qt::CaseInsensitive))
        return false;
    for (const QLatin1StringView word : {"int"_L1, "serial"_L1, "real"_L1, "floa"_L1, "doub"_L1, "num"_L1, "dec"_L1, "money"_L1}) {
        if (typeName.contains(word, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

bool isCodeType(const QString &typeName)
{
    for (const QLatin1StringView word : {"json"_L1, "uuid"_L1, "vector"_L1, "xml"_L1, "[]"_L1}) {
        if (typeName.contains(word, Qt::CaseInsensitive))
            return true;
    }
    return false;
}

namespace {

/// 8-4-4-4-12 hexadecimal digits: SQLite has no type that says so.
bool isUuid(const QString &text)
{
    constexpr qsizetype length = 36;
    if (text.size() != length)
        return false;
    for (qsizetype i = 0; i < length; ++i) {
        const char16_t c = text[i].unicode();
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool isDigit = (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
        if (isDash ? c != u'-' : !isDigit)
            return false;
    }
    return true;
}

} // namespace

QString decodedText(QByteArrayView utf8, bool isWhole)
{
    if (!isWhole) {
        // A character of up to four bytes may be cut: leave out its beginning.
        qsizetype start = utf8.size();
        for (int back = 1; back <= 4 && back <= utf8.size(); ++back) {
            const auto byte = static_cast<unsigned char>(utf8[utf8.size() - back]);
            if (byte < 0x80)
                break;
            if (byte >= 0xC0) {
                const int length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
                if (length > back)
                    start = utf8.size() - back;
                break;
            }
        }
        utf8 = utf8.first(start);
    }
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless | QStringDecoder::Flag::ConvertInitialBom);
    QString text = decoder(utf8);
    if (decoder.hasError())
        return {};
    return text.isNull() ? u""_s : text;
}

CellText CellText::of(const ValueRef &value, const QString &typeName, bool isWhole)
{
    switch (value.type()) {
    case ValueType::Null: return {};
    case ValueType::Integer:
        if (typeName.startsWith(u"bool"_s, Qt::CaseInsensitive) && (value.integer() == 0 || value.integer() == 1))
            return {CellKind::Boolean, value.integer() == 1 ? u"✓"_s : u"–"_s};
        return {CellKind::Number, QString::number(value.integer())};
    case ValueType::Real: return {CellKind::Number, Value(value).toDisplayText()};
    case ValueType::Blob: return {CellKind::Bytes, {}};
    case ValueType::Text: break;
    }
    if (value.bytes().isEmpty())
        return {CellKind::Empty, {}};
    if (typeName == u"bytea"_s)
        return {CellKind::Bytes, {}};
    if (typeName == u"boolean"_s && value.bytes().size() == 1)
        return {CellKind::Boolean, value.bytes()[0] == 't' ? u"✓"_s : u"–"_s};
    QString text = decodedText(value.bytes(), isWhole);
    if (text.isNull())
        return {CellKind::Undecodable, {}};
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator)
            c = u' ';
    }
    if (isNumericType(typeName)) {
        // Text in a column of numbers (SQLite allows it) is set as text, so that it can be told apart.
        bool isNumber = false;
        text.toDouble(&isNumber);
        if (isNumber)
            return {CellKind::Number, text};
    }
    return {isCodeType(typeName) || isUuid(text) ? CellKind::Code : CellKind::Text, text};
}

qint64 storedBytes(qint64 deliveredBytes, const QString &typeName)
{
    return typeName == u"bytea"_s && deliveredBytes >= 2 ? (deliveredBytes - 2) / 2 : deliveredBytes;
}

QString copiedText(const ValueRef &value)
{
    if (value.isNull())
        return {};
    if (value.type() == ValueType::Text && !value.bytes().isEmpty() && decodedText(value.bytes()).isNull())
        return u"x'%1'"_s.arg(QString::fromLatin1(value.bytes().toByteArray().toHex()));
    return Value(value).toDisplayText();
}

QString sizeText(qint64 bytes)
{
    const QLocale locale;
    if (bytes < 1000)
        return u"%1 B"_s.arg(bytes);
    double size = static_cast<double>(bytes);
    for (const QLatin1StringView unit : {"kB"_L1, "MB"_L1, "GB"_L1}) {
        size /= 1000;
        if (size < 999.5 || unit == "GB"_L1)
            return locale.toString(size, 'f', size < 9.95 ? 1 : 0) + u' ' + unit;
    }
    return {};
}

} // namespace turnstone
