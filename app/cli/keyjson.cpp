// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/keyjson.h"

#include "models/profiles/treepath.h"

#include <QCoreApplication>

namespace turnstone::cli {

namespace {

void writeKeyValue(JsonWriter &json, const Value &value, const CatalogColumn *column, bool onServer)
{
    switch (value.type()) {
    case ValueType::Null: return json.null();
    case ValueType::Integer: return json.integer(value.integer());
    case ValueType::Real: return json.real(value.real());
    case ValueType::Blob: return json.string(value.toDisplayText());
    case ValueType::Text: break;
    }
    const bool number = onServer && column
                        && (column->type == QLatin1String("integer") || column->type == QLatin1String("bigint")
                            || column->type == QLatin1String("smallint") || column->type.startsWith(QLatin1String("numeric")));
    if (number && JsonWriter::isNumberToken(value.bytes()))
        json.raw(value.bytes());
    else
        json.string(QByteArrayView(value.bytes()));
}

} // namespace

void writeKey(JsonWriter &json, const RowKey &key, const QStringList &columns, const CatalogTable *table)
{
    const auto write = [&](std::size_t i) {
        const CatalogColumn *column = table ? table->column(columns.value(static_cast<qsizetype>(i))) : nullptr;
        writeKeyValue(json, key[i], column, table && table->engine == Engine::PostgreSql);
    };
    if (key.empty())
        return json.null();
    if (key.size() == 1)
        return write(0);
    json.beginArray();
    for (std::size_t i = 0; i < key.size(); ++i)
        write(i);
    json.endArray();
}

Result<RowKey> keyFromText(const QString &text, const QStringList &columns, const QString &table)
{
    const QStringList parts = columns.size() == 1 ? QStringList{text} : text.split(u',');
    if (parts.size() != columns.size()) {
        return failure(ErrorCode::InvalidInput,
                       QCoreApplication::translate("KeyJson", "a key of %1 has %2 parts (%3), joined by commas")
                           .arg(table, QString::number(columns.size()), columns.join(QStringLiteral(", "))));
    }
    RowKey key;
    for (const QString &part : parts)
        key.push_back(TreePath::keyValue(part));
    return key;
}

} // namespace turnstone::cli
