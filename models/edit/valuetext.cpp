// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/valuetext.h"

#include "models/core/jsonwriter.h"
#include "models/json/jsonindex.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringDecoder>

#include <cmath>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct ValueTextWords
{
    Q_DECLARE_TR_FUNCTIONS(ValueText)
};

tl::unexpected<Error> refused(const QString &sentence)
{
    return failure(ErrorCode::InvalidInput, sentence);
}

/// A number as digits without sign, point and exponent, so that two ways to write it compare.
struct Digits
{
    QByteArray significant;
    qint64 exponent = 0; // of the last digit
    bool isNegative = false;
    friend bool operator==(const Digits &, const Digits &) = default;
};

Digits digitsOf(QByteArray token)
{
    Digits digits;
    if (token.startsWith('-') || token.startsWith('+')) {
        digits.isNegative = token.startsWith('-');
        token.remove(0, 1);
    }
    const qsizetype e = token.toLower().indexOf('e');
    if (e >= 0) {
        digits.exponent = token.mid(e + 1).toLongLong();
        token.truncate(e);
    }
    const qsizetype point = token.indexOf('.');
    if (point >= 0) {
        digits.exponent -= token.size() - point - 1;
        token.remove(point, 1);
    }
    qsizetype first = 0;
    while (first < token.size() && token[first] == '0')
        ++first;
    token.remove(0, first);
    while (token.endsWith('0')) {
        token.chop(1);
        ++digits.exponent;
    }
    if (token.isEmpty())
        return {};
    digits.significant = token;
    return digits;
}

bool isInteger(const QString &text)
{
    static const QRegularExpression form(u"^[+-]?[0-9]+$"_s);
    return form.match(text).hasMatch();
}

bool isNumber(const QString &text)
{
    static const QRegularExpression form(u"^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$"_s);
    return form.match(text).hasMatch();
}

/// The engine's rules for the affinity of a declared type (SQLite manual, datatype3, 3.1), by which STRICT types go as well.
ColumnKind sqliteKind(const QString &type)
{
    const QString upper = type.toUpper();
    if (upper.contains(u"BOOL"_s))
        return ColumnKind::Boolean;
    if (upper.contains(u"INT"_s))
        return ColumnKind::Integer;
    if (upper.contains(u"CHAR"_s) || upper.contains(u"CLOB"_s) || upper.contains(u"TEXT"_s))
        return ColumnKind::Text;
    if (upper.contains(u"BLOB"_s))
        return ColumnKind::Bytes;
    if (upper.isEmpty() || upper == u"ANY")
        return ColumnKind::Any;
    if (upper.contains(u"REAL"_s) || upper.contains(u"FLOA"_s) || upper.contains(u"DOUB"_s))
        return ColumnKind::Number;
    // DATETIME, TIMESTAMP, DATE and JSON have numeric affinity and hold text.
    if (upper.contains(u"DATE"_s) || upper.contains(u"TIME"_s) || upper.contains(u"UUID"_s))
        return ColumnKind::Any;
    return upper.contains(u"JSON"_s) ? ColumnKind::Json : upper.contains(u"NUM"_s) || upper.contains(u"DEC"_s) ? ColumnKind::Number : ColumnKind::Any;
}

ColumnKind postgresKind(const QString &type)
{
    if (type == u"smallint" || type == u"integer" || type == u"bigint")
        return ColumnKind::Integer;
    if (type.startsWith(u"numeric"_s) || type == u"real" || type == u"double precision")
        return type.endsWith(u"[]"_s) ? ColumnKind::Any : ColumnKind::Number;
    if (type == u"boolean")
        return ColumnKind::Boolean;
    if (type == u"bytea")
        return ColumnKind::Bytes;
    if (type == u"json" || type == u"jsonb")
        return ColumnKind::Json;
    if (type == u"text" || ((type.startsWith(u"character"_s) || type.startsWith(u"varchar"_s)) && !type.endsWith(u"[]"_s)))
        return ColumnKind::Text;
    return ColumnKind::Any;
}

Result<Value> sqliteNumber(const QString &text, const QString &column)
{
    if (isInteger(text)) {
        bool fits = false;
        const qint64 integer = text.toLongLong(&fits);
        if (fits)
            return Value::integer(integer);
        return refused(ValueTextWords::tr("%1 is beyond what SQLite stores as a whole number (64 bits).").arg(text));
    }
    if (!isNumber(text))
        return refused(ValueTextWords::tr("%1 takes a number.").arg(column));
    const double real = text.toDouble();
    if (!std::isfinite(real))
        return refused(ValueTextWords::tr("%1 is beyond what SQLite stores as a number.").arg(text));
    const QByteArray stored = JsonWriter::realToken(real);
    if (digitsOf(stored) != digitsOf(text.toLatin1()))
        return refused(ValueTextWords::tr("SQLite would store %1 as %2: some 16 digits are kept.").arg(text, QString::fromLatin1(stored)));
    return Value::real(real);
}

Result<Value> booleanValue(const QString &text, Engine engine, const QString &column)
{
    const QString word = text.trimmed().toLower();
    for (const auto &[yes, no] : {std::pair(u"true"_s, u"false"_s), std::pair(u"yes"_s, u"no"_s), std::pair(u"1"_s, u"0"_s), std::pair(u"t"_s, u"f"_s), std::pair(u"✓"_s, u"–"_s)}) {
        if (word != yes && word != no)
            continue;
        if (engine == Engine::Sqlite)
            return Value::integer(word == yes ? 1 : 0);
        return Value::text(word == yes ? QByteArray("t") : QByteArray("f"));
    }
    return refused(ValueTextWords::tr("%1 is either true or false.").arg(column));
}

Result<Value> bytesValue(const QString &text, Engine engine)
{
    static const QRegularExpression form(u"^(?:[xX]'([0-9A-Fa-f\\s]*)'|\\\\x([0-9A-Fa-f\\s]*))$"_s);
    const QRegularExpressionMatch match = form.match(text.trimmed());
    if (!match.hasMatch())
        return refused(ValueTextWords::tr("Bytes are written as x'00ff', or come from a file."));
    QByteArray hex = (match.captured(1) + match.captured(2)).toLatin1();
    hex = hex.simplified().replace(" ", "");
    if (hex.size() % 2 != 0)
        return refused(ValueTextWords::tr("Bytes have two digits each."));
    const QByteArray bytes = QByteArray::fromHex(hex);
    return engine == Engine::Sqlite ? Value::blob(bytes) : Value::text("\\x" + bytes.toHex());
}

Result<> checkJson(const QString &text)
{
    const Result<JsonIndex> checked = JsonIndex::build(text.toUtf8());
    if (checked)
        return {};
    auto no = refused(checked.error().message);
    no.value().position = checked.error().position;
    return no;
}

} // namespace

ColumnKind columnKind(const CatalogTable &table, const QString &name, const QString &meaning)
{
    const CatalogColumn *column = table.column(name);
    if (column == nullptr)
        return ColumnKind::Any;
    const ColumnKind declared = table.engine == Engine::Sqlite ? sqliteKind(column->type) : postgresKind(column->type);
    if (meaning == u"boolean" && (declared == ColumnKind::Integer || declared == ColumnKind::Any || declared == ColumnKind::Number))
        return ColumnKind::Boolean;
    if ((meaning == u"json" || meaning == u"chat-messages" || meaning == u"openai-response") && (declared == ColumnKind::Text || declared == ColumnKind::Any))
        return ColumnKind::Json;
    return declared;
}

Result<Value> valueFromText(const QString &text, const CatalogTable &table, const QString &name, const QString &meaning, const Value &stored)
{
    if (!stored.isNull() && stored.type() != ValueType::Blob && editableText(stored) == text)
        return stored; // as it is, whatever it is
    const ColumnKind kind = columnKind(table, name, meaning);
    const bool isSqlite = table.engine == Engine::Sqlite;
    const QString trimmed = text.trimmed();
    switch (kind) {
    case ColumnKind::Text: return Value::text(text);
    case ColumnKind::Boolean: return booleanValue(text, table.engine, name);
    case ColumnKind::Bytes: return bytesValue(text, table.engine);
    case ColumnKind::Json:
        if (const Result<> checked = checkJson(text); !checked)
            return failure(checked);
        return Value::text(text);
    case ColumnKind::Integer:
        if (!isInteger(trimmed))
            return refused(ValueTextWords::tr("%1 takes a whole number.").arg(name));
        return isSqlite ? sqliteNumber(trimmed, name) : Result<Value>(Value::text(trimmed));
    case ColumnKind::Number: {
        if (isSqlite)
            return sqliteNumber(trimmed, name);
        static const QStringList special = {u"nan"_s, u"infinity"_s, u"-infinity"_s};
        if (!isNumber(trimmed) && !special.contains(trimmed.toLower()))
            return refused(ValueTextWords::tr("%1 takes a number.").arg(name));
        return Value::text(trimmed);
    }
    case ColumnKind::Any: break;
    }
    if (!isSqlite)
        return Value::text(text);
    const bool wasNumber = stored.type() == ValueType::Integer || stored.type() == ValueType::Real;
    if (wasNumber && isNumber(trimmed))
        return sqliteNumber(trimmed, name);
    if (stored.type() == ValueType::Blob)
        return bytesValue(text, table.engine);
    return Value::text(text);
}

QString textWithLineEnds(const QString &original, const QString &edited)
{
    QString plain;
    QList<qsizetype> places; // in the original, of each character and of the end
    plain.reserve(original.size());
    places.reserve(original.size() + 1);
    bool hasOnlyPairs = original.contains(u"\r\n"_s);
    for (qsizetype i = 0; i < original.size(); ++i) {
        const QChar c = original[i];
        const bool isPair = c == u'\r' && i + 1 < original.size() && original[i + 1] == u'\n';
        places.append(i);
        const bool isEnd = c == u'\r' || c == u'\n' || c == QChar::ParagraphSeparator || c.unicode() == 0xFDD0 || c.unicode() == 0xFDD1;
        plain.append(isEnd ? QChar(u'\n') : c);
        hasOnlyPairs = hasOnlyPairs && (isPair || !isEnd);
        if (isPair)
            ++i;
    }
    places.append(original.size());
    qsizetype first = 0;
    while (first < plain.size() && first < edited.size() && plain[first] == edited[first])
        ++first;
    qsizetype last = 0;
    while (last < plain.size() - first && last < edited.size() - first && plain[plain.size() - 1 - last] == edited[edited.size() - 1 - last])
        ++last;
    QString middle = edited.mid(first, edited.size() - first - last);
    if (hasOnlyPairs)
        middle.replace(u"\n"_s, u"\r\n"_s);
    return original.left(places[first]) + middle + original.mid(places[plain.size() - last]);
}

QString editableText(const Value &value)
{
    switch (value.type()) {
    case ValueType::Null: return {};
    case ValueType::Integer: return QString::number(value.integer());
    case ValueType::Real: {
        const QString token = QString::fromLatin1(JsonWriter::realToken(value.real()));
        return token.contains(u'.') || token.contains(u'e') || token.contains(u'E') || !std::isfinite(value.real()) ? token : token + u".0"_s;
    }
    case ValueType::Text: return QString::fromUtf8(value.bytes());
    case ValueType::Blob: return u"x'"_s + QString::fromLatin1(value.bytes().toHex()) + u'\'';
    }
    return {};
}

} // namespace turnstone
