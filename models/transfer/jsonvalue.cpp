// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/transfer/jsonvalue.h"

#include <QJsonDocument>
#include <QUtf8StringView>

namespace turnstone {

namespace {

/// Whole JSON documents are embedded as they are; line breaks between tokens become spaces, so that a
/// row stays on its line. Inside strings JSON has no raw line breaks.
bool writeEmbedded(JsonWriter &json, QByteArrayView text)
{
    QJsonParseError error;
    QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), text.size()), &error);
    if (error.error != QJsonParseError::NoError)
        return false;
    QByteArray oneLine = text.trimmed().toByteArray();
    for (char &c : oneLine) {
        if (c == '\n' || c == '\r')
            c = ' ';
    }
    json.raw(oneLine);
    return true;
}

bool isJsonColumn(const ResultColumn &column, Engine engine)
{
    if (engine == Engine::PostgreSql)
        return column.typeOid == 114 || column.typeOid == 3802; // json, jsonb
    return column.typeName.compare(QLatin1String("json"), Qt::CaseInsensitive) == 0
           || column.typeName.compare(QLatin1String("jsonb"), Qt::CaseInsensitive) == 0;
}

/// bool, int8, int2, int4, oid, float4, float8, numeric
bool isPostgresNumber(unsigned oid)
{
    return oid == 20 || oid == 21 || oid == 23 || oid == 26 || oid == 700 || oid == 701 || oid == 1700;
}

} // namespace

bool writeJsonValue(JsonWriter &json, const ValueRef &value, const ResultColumn &column, Engine engine)
{
    switch (value.type()) {
    case ValueType::Null: json.null(); return true;
    case ValueType::Integer: json.integer(value.integer()); return true;
    case ValueType::Real: json.real(value.real()); return true;
    case ValueType::Blob: json.string(QByteArrayView(value.bytes().toByteArray().toBase64())); return true;
    case ValueType::Text: break;
    }
    const QByteArrayView text = value.bytes();
    if (engine == Engine::PostgreSql) {
        if (column.typeOid == 16) {
            json.boolean(text == "t");
            return true;
        }
        if (isPostgresNumber(column.typeOid) && JsonWriter::isNumberToken(text)) {
            json.raw(text);
            return true;
        }
    }
    if (isJsonColumn(column, engine) && writeEmbedded(json, text))
        return true;
    if (!QUtf8StringView(text.data(), text.size()).isValidUtf8()) {
        json.string(QByteArrayView(text.toByteArray().toBase64()));
        return false;
    }
    json.string(text);
    return true;
}

} // namespace turnstone
