// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/stagedrow.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QStringDecoder>

#include <bit>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct StagedRowText
{
    Q_DECLARE_TR_FUNCTIONS(StagedRow)
};

tl::unexpected<Error> malformed(const QString &what)
{
    return failure(ErrorCode::Corrupt, StagedRowText::tr("The journal of unsaved edits is damaged."), what);
}

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString decoded = decoder.decode(bytes);
    return !decoder.hasError() && decoded.toUtf8() == bytes;
}

QString kindWord(StagedRow::Kind kind)
{
    return kind == StagedRow::Kind::Added ? u"added"_s : kind == StagedRow::Kind::Deleted ? u"deleted"_s : u"changed"_s;
}

} // namespace

QByteArray RowAddress::id() const
{
    QByteArray text = schema.toUtf8() + '\0' + table.toUtf8() + '\0';
    if (added != 0)
        return text + '+' + QByteArray::number(added);
    for (const Value &value : key) {
        switch (value.type()) {
        case ValueType::Null: text += 'n'; break;
        case ValueType::Integer: text += 'i' + QByteArray::number(static_cast<qlonglong>(value.integer())); break;
        case ValueType::Real: text += 'r' + QByteArray::number(std::bit_cast<quint64>(value.real())); break;
        case ValueType::Text: text += 't' + QByteArray::number(value.bytes().size()) + ':' + value.bytes(); break;
        case ValueType::Blob: text += 'b' + QByteArray::number(value.bytes().size()) + ':' + value.bytes(); break;
        }
        text += '\0';
    }
    return text;
}

QString RowAddress::text() const
{
    if (added != 0)
        return StagedRowText::tr("%1, new").arg(table);
    QStringList parts;
    for (const Value &value : key)
        parts.append(value.toDisplayText().left(60));
    return table + u' ' + parts.join(u" · "_s);
}

QJsonValue valueToJson(const Value &value)
{
    switch (value.type()) {
    case ValueType::Null: break;
    case ValueType::Integer: return QJsonObject{{u"i"_s, QString::number(value.integer())}};
    case ValueType::Real: return QJsonObject{{u"r"_s, QString::number(std::bit_cast<quint64>(value.real()), 16)}};
    case ValueType::Text:
        if (isUtf8(value.bytes()))
            return QJsonObject{{u"t"_s, QString::fromUtf8(value.bytes())}};
        return QJsonObject{{u"x"_s, QString::fromLatin1(value.bytes().toBase64())}};
    case ValueType::Blob: return QJsonObject{{u"b"_s, QString::fromLatin1(value.bytes().toBase64())}};
    }
    return {};
}

Result<Value> storedValueFromJson(const QJsonValue &json)
{
    if (json.isNull())
        return Value::null();
    const QJsonObject object = json.toObject();
    if (object.size() != 1 || !object.begin().value().isString())
        return malformed(u"a value without a type"_s);
    const QString type = object.begin().key();
    const QString text = object.begin().value().toString();
    bool ok = true;
    if (type == u"t")
        return Value::text(text.toUtf8());
    if (type == u"i") {
        const qint64 integer = text.toLongLong(&ok);
        return ok ? Result<Value>(Value::integer(integer)) : malformed(u"an integer"_s);
    }
    if (type == u"r") {
        const quint64 bits = text.toULongLong(&ok, 16);
        return ok ? Result<Value>(Value::real(std::bit_cast<double>(bits))) : malformed(u"a real"_s);
    }
    const auto decoded = QByteArray::fromBase64Encoding(text.toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return malformed(u"base64"_s);
    if (type == u"x")
        return Value::text(*decoded);
    if (type == u"b")
        return Value::blob(*decoded);
    return malformed(u"a type of value: "_s + type);
}

QJsonObject addressToJson(const RowAddress &address)
{
    QJsonObject json{{u"schema"_s, address.schema}, {u"table"_s, address.table}};
    if (address.added != 0) {
        json.insert(u"new"_s, QString::number(address.added));
        return json;
    }
    QJsonArray key;
    for (const Value &value : address.key)
        key.append(valueToJson(value));
    json.insert(u"key"_s, key);
    return json;
}

Result<RowAddress> addressFromJson(const QJsonObject &json)
{
    RowAddress address{json.value(u"schema"_s).toString(), json.value(u"table"_s).toString(), {}, json.value(u"new"_s).toString().toULongLong()};
    for (const QJsonValue &part : json.value(u"key"_s).toArray()) {
        const Result<Value> value = storedValueFromJson(part);
        if (!value)
            return failure(value);
        address.key.push_back(*value);
    }
    if (address.table.isEmpty() || (address.key.empty() && address.added == 0))
        return malformed(u"a row without a key"_s);
    return address;
}

QJsonObject stagedRowToJson(const StagedRow &row)
{
    QJsonObject cells;
    for (const auto &[column, cell] : row.cells) {
        QJsonObject both{{u"after"_s, valueToJson(cell.after)}};
        if (cell.before)
            both.insert(u"before"_s, valueToJson(*cell.before));
        cells.insert(column, both);
    }
    QJsonArray along;
    for (const GoesAlong &each : row.goesAlong)
        along.append(QJsonObject{{u"schema"_s, each.schema}, {u"table"_s, each.table}, {u"rows"_s, QString::number(each.rows)}});
    QJsonObject json{{u"row"_s, addressToJson(row.address)}, {u"kind"_s, kindWord(row.kind)}, {u"keyColumns"_s, QJsonArray::fromStringList(row.keyColumns)}, {u"cells"_s, cells}};
    if (!along.isEmpty())
        json.insert(u"along"_s, along);
    QJsonObject witness;
    for (const auto &[column, value] : row.witness)
        witness.insert(column, valueToJson(value));
    if (!witness.isEmpty())
        json.insert(u"witness"_s, witness);
    return json;
}

Result<StagedRow> stagedRowFromJson(const QJsonObject &json)
{
    StagedRow row;
    const Result<RowAddress> address = addressFromJson(json.value(u"row"_s).toObject());
    if (!address)
        return failure(address);
    row.address = *address;
    const QString kind = json.value(u"kind"_s).toString();
    for (const StagedRow::Kind each : {StagedRow::Kind::Changed, StagedRow::Kind::Added, StagedRow::Kind::Deleted}) {
        if (kindWord(each) == kind)
            row.kind = each;
    }
    for (const QJsonValue &column : json.value(u"keyColumns"_s).toArray())
        row.keyColumns.append(column.toString());
    const QJsonObject cells = json.value(u"cells"_s).toObject();
    for (auto entry = cells.begin(); entry != cells.end(); ++entry) {
        const QJsonObject both = entry.value().toObject();
        const Result<Value> after = storedValueFromJson(both.value(u"after"_s));
        if (!after)
            return failure(after);
        StagedCell cell{std::nullopt, *after};
        if (both.contains(u"before"_s)) {
            const Result<Value> before = storedValueFromJson(both.value(u"before"_s));
            if (!before)
                return failure(before);
            cell.before = *before;
        }
        row.cells.emplace(entry.key(), std::move(cell));
    }
    const QJsonObject witness = json.value(u"witness"_s).toObject();
    for (auto entry = witness.begin(); entry != witness.end(); ++entry) {
        const Result<Value> value = storedValueFromJson(entry.value());
        if (!value)
            return failure(value);
        row.witness.emplace(entry.key(), *value);
    }
    for (const QJsonValue &each : json.value(u"along"_s).toArray()) {
        const QJsonObject along = each.toObject();
        row.goesAlong.push_back({along.value(u"schema"_s).toString(), along.value(u"table"_s).toString(), along.value(u"rows"_s).toString().toLongLong()});
    }
    return row;
}

} // namespace turnstone
