// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/showverb.h"

#include "app/cli/keyjson.h"
#include "models/core/jsonwriter.h"
#include "models/profiles/rowsql.h"
#include "models/transfer/jsonvalue.h"

#include <QCoreApplication>
#include <QLocale>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;

struct ShowverbText
{
    Q_DECLARE_TR_FUNCTIONS(ShowVerb)
};

constexpr std::int64_t countLimit = 1'000'000;

void writeList(JsonWriter &json, const QStringList &words)
{
    json.beginArray();
    for (const QString &word : words)
        json.string(word);
    json.endArray();
}

QString keyText(const RowKey &key)
{
    QStringList parts;
    for (const Value &value : key)
        parts.append(value.toDisplayText());
    return parts.join(u',');
}

} // namespace

void ShowVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("TABLE", m_table, "Name of the table");
    command.add_option("KEY", m_key, "Key of the record; several columns are joined by commas");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<ShowVerb::Record> ShowVerb::read(Connection &connection, const KnownDatabase &known, const CatalogTable &table,
                                        const QStringList &keyColumns, const RowKey &key) const
{
    const RowSql sql(known.catalog, known.profile);
    SqlValues values(connection.engine());
    QStringList conditions;
    for (qsizetype i = 0; i < keyColumns.size(); ++i)
        conditions.append(sql.equalValue(table, u"r"_s, keyColumns.at(i), key[static_cast<std::size_t>(i)], values));
    auto reader = connection.query(u"SELECT r.* FROM %1 AS r WHERE %2"_s.arg(sql.tableName(table), conditions.join(u" AND "_s)),
                                   Parameters(values.values()));
    if (!reader)
        return failure(reader);
    Record record;
    if (const Result<bool> rows = (*reader)->read(record.row, RowBlock::Limits{1, 1}); !rows)
        return failure(rows);
    if (record.row.isEmpty())
        return failure(ErrorCode::NotFound, ShowverbText::tr("%1 has no record %2").arg(table.name, keyText(key)));
    record.columns = (*reader)->columns();
    return record;
}

QByteArray ShowVerb::asJson(const KnownDatabase &known, const CatalogTable &table, const QStringList &keyColumns, const RowKey &key,
                            const Record &record, const RelatedRecords &related) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    json.key(u"table");
    json.string(table.name);
    json.key(u"key");
    RowKey stored; // as it is in the row: "412" that a user typed is the integer 412
    for (qsizetype i = 0; i < keyColumns.size(); ++i) {
        Value value = key[static_cast<std::size_t>(i)];
        for (std::size_t c = 0; c < record.columns.size(); ++c) {
            if (record.columns[c].name == keyColumns.at(i))
                value = Value(record.row.at(0, static_cast<int>(c)));
        }
        stored.push_back(value);
    }
    writeKey(json, stored, keyColumns, &table);
    json.key(u"values");
    json.beginObject();
    for (std::size_t i = 0; i < record.columns.size(); ++i) {
        json.key(record.columns[i].name);
        (void)writeJsonValue(json, record.row.at(0, static_cast<int>(i)), record.columns[i], known.catalog.engine);
    }
    json.endObject();
    json.key(u"references");
    json.beginArray();
    for (const RelatedRecords::Reference &reference : related.references) {
        json.beginObject();
        json.key(u"columns");
        writeList(json, reference.columns);
        json.key(u"table");
        json.string(reference.table);
        json.key(u"key");
        writeKey(json, reference.values, reference.referencedColumns, known.catalog.table(reference.table, reference.schema));
        json.key(u"label");
        json.string(reference.label);
        json.key(u"exists");
        json.boolean(reference.exists);
        json.key(u"virtual");
        json.boolean(reference.isVirtual);
        json.endObject();
    }
    json.endArray();
    json.key(u"referenced_by");
    json.beginArray();
    for (const RelatedRecords::Referrer &referrer : related.referencedBy) {
        json.beginObject();
        json.key(u"table");
        json.string(referrer.table);
        json.key(u"columns");
        writeList(json, referrer.columns);
        json.key(u"count");
        json.integer(referrer.count);
        if (!referrer.isExact) {
            json.key(u"count_is_at_least");
            json.boolean(true);
        }
        json.key(u"virtual");
        json.boolean(referrer.isVirtual);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    out += '\n';
    return out;
}

QByteArray ShowVerb::asText(const CatalogTable &table, const Record &record, const RelatedRecords &related) const
{
    QString out = table.name + u'\n';
    qsizetype widest = 0;
    for (const ResultColumn &column : record.columns)
        widest = std::max(widest, column.name.size());
    for (std::size_t i = 0; i < record.columns.size(); ++i) {
        QString text = Value(record.row.at(0, static_cast<int>(i))).toDisplayText();
        text.replace(u'\n', u'\n' + QString(widest + 4, u' '));
        out += u"  "_s + record.columns[i].name.leftJustified(widest) + u"  "_s + text + u'\n';
    }
    for (const RelatedRecords::Reference &reference : related.references) {
        out += ShowverbText::tr("→ %1 %2: %3").arg(reference.table, keyText(reference.values),
                                           reference.exists ? reference.label.simplified() : ShowverbText::tr("is not there")) + u'\n';
    }
    for (const RelatedRecords::Referrer &referrer : related.referencedBy) {
        if (referrer.count > 0)
            out += ShowverbText::tr("← %1 in %2 (%3)").arg(QLocale::c().toString(static_cast<qlonglong>(referrer.count)) + (referrer.isExact ? QString() : u"+"_s),
                                                  referrer.table, referrer.columns.join(u", "_s)) + u'\n';
    }
    return out.toUtf8();
}

Result<> ShowVerb::run(VerbContext &context)
{
    m_database.shiftInto({&m_table, &m_key});
    if (m_table.empty() || m_key.empty())
        return failure(ErrorCode::InvalidInput, ShowverbText::tr("give the table and the key, as in: show games.db games 412"));
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    const RowSql sql(known->catalog, known->profile);
    const QString name = QString::fromStdString(m_table);
    const CatalogTable *table = sql.table(name);
    if (!table && name.contains(u'.'))
        table = known->catalog.table(name.section(u'.', 1), name.section(u'.', 0, 0));
    if (!table)
        return failure(ErrorCode::NotFound, ShowverbText::tr("there is no table \"%1\"").arg(name));
    const QStringList keyColumns = sql.identity(*table);
    if (keyColumns.isEmpty())
        return failure(ErrorCode::Unsupported, ShowverbText::tr("nothing identifies a record of %1: it has no key").arg(name));
    const Result<RowKey> key = keyFromText(QString::fromStdString(m_key), keyColumns, name);
    if (!key)
        return failure(key);
    const Result<Record> record = read(**connection, *known, *table, keyColumns, *key);
    if (!record)
        return failure(record);
    const Result<RelatedRecords> related = readRelatedRecords(**connection, known->catalog, known->profile, table->name, *key, countLimit);
    if (!related)
        return failure(related);
    return context.streams.out(m_json ? asJson(*known, *table, keyColumns, *key, *record, *related) : asText(*table, *record, *related));
}

} // namespace turnstone::cli
