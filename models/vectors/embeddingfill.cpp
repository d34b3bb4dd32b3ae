// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/embeddingfill.h"

#include "models/database/session.h"
#include "models/edit/profilevalues.h"

#include <QCoreApplication>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using Storage = VectorColumn::Storage;

constexpr int longestText = 24'000; // characters; models take some 8,000 tokens

struct FillText
{
    Q_DECLARE_TR_FUNCTIONS(EmbeddingFill)
};

struct MissingText
{
    RowKey key; ///< of the row with NULL, or the link's values of the row that is absent
    QString text;
};

/// The statements of one column; everything quoted, values bound.
class FillSql
{
public:
    FillSql(const Catalog &catalog, const ResolvedProfile &profile, const VectorColumn &column)
        : m_profile(profile), m_column(column), m_sql(catalog, profile), m_table(catalog.table(column.table, column.schema)),
          m_expected(column.expectedTable.isEmpty() || column.expectedLink.size() != 1 ? nullptr : m_sql.table(column.expectedTable))
    {
    }

    bool isPossible() const { return m_table != nullptr && m_column.text.has_value() && m_column.storage != Storage::Vec0; }
    bool hasExpected() const { return m_expected != nullptr && textOfExpected().has_value(); }
    const CatalogTable &table() const { return *m_table; }

    QString emptyRows(const QString &what, const QString &limit) const
    {
        const QString text = m_sql.field(*m_column.text, *m_table, u"r"_s);
        return u"SELECT %1 FROM %2 AS r WHERE r.%3 IS NULL AND %4 IS NOT NULL AND %4 <> ''%5"_s.arg(what.isEmpty() ? keys() + u", "_s + text : what, m_sql.tableName(*m_table), Connection::quoted(m_column.column),
                                                                                                    text, limit);
    }

    QString absentRows(const QString &what, const QString &limit) const
    {
        const QString own = m_column.expectedLink.front().second;
        const QString theirs = m_column.expectedLink.front().first;
        const QString text = m_sql.field(*textOfExpected(), *m_expected, u"e"_s);
        const QString key = RowSql::column(u"e"_s, theirs) + (isServer() ? u"::text"_s : QString());
        return u"SELECT %1 FROM %2 AS e WHERE %3 IS NOT NULL AND %3 <> '' AND NOT EXISTS (SELECT 1 FROM %4 AS r WHERE %5)%6"_s.arg(
            what.isEmpty() ? key + u", "_s + text : what, m_sql.tableName(*m_expected), text, m_sql.tableName(*m_table), m_sql.equal(*m_table, u"r"_s, own, *m_expected, u"e"_s, theirs), limit);
    }

    /// The text of an expected row: the field that the vector's row reaches through its key, seen from where that leads.
    std::optional<FieldRef> textOfExpected() const
    {
        if (!m_column.text || m_column.text->hops.empty() || m_column.text->hops.front().table != m_column.expectedTable)
            return std::nullopt;
        FieldRef field = *m_column.text;
        field.hops.erase(field.hops.begin());
        return field;
    }

    Value stored(const std::vector<double> &vector, bool asText) const
    {
        QByteArray text = SimilaritySearch::vectorText(vector);
        if (m_column.storage == Storage::PgFloat4Array || m_column.storage == Storage::PgFloat8Array)
            text = '{' + text.mid(1, text.size() - 2) + '}';
        if (isServer() || asText)
            return Value::text(text);
        std::vector<float> floats(vector.begin(), vector.end());
        return Value::blob(QByteArray(reinterpret_cast<const char *>(floats.data()), static_cast<qsizetype>(floats.size() * sizeof(float))));
    }

    QString cast() const
    {
        return m_column.storage == Storage::PgSparseVector ? u"::vector::sparsevec"_s : QString();
    }

    QString keys() const
    {
        QStringList names;
        for (const QString &name : m_column.key)
            names.append(u"r."_s + (m_column.isKeyRowid ? name : Connection::quoted(name)) + (isServer() ? u"::text"_s : QString()));
        return names.join(u", "_s);
    }

    Result<int> update(Connection &connection, const RowKey &key, const Value &vector) const
    {
        SqlValues values(m_table->engine);
        const QString value = values.bind(vector);
        QStringList conditions;
        for (qsizetype i = 0; i < m_column.key.size(); ++i) {
            const Value &part = key[static_cast<std::size_t>(i)];
            conditions.append(m_column.isKeyRowid ? u"r.%1 = %2"_s.arg(m_column.key.at(i), values.bind(part)) : m_sql.equalValue(*m_table, u"r"_s, m_column.key.at(i), part, values));
        }
        const QString vectorName = Connection::quoted(m_column.column);
        const auto done = connection.execute(u"UPDATE %1 AS r SET %2 = %3%4 WHERE r.%2 IS NULL AND %5"_s.arg(m_sql.tableName(*m_table), vectorName, value, cast(), conditions.join(u" AND "_s)), Parameters(values.values()));
        if (!done)
            return failure(done);
        return static_cast<int>(done->rowsAffected);
    }

    Result<int> insert(Connection &connection, const Value &link, const Value &vector, const QString &model, const QDateTime &nowUtc) const
    {
        std::map<QString, Value> row;
        row[m_column.expectedLink.front().second] = link;
        row[m_column.column] = vector;
        if (m_column.model && m_column.model->hops.empty() && !model.isEmpty())
            row[m_column.model->column] = Value::text(model);
        for (const auto &[name, value] : applicationDefaults(*m_table, m_profile.table(m_table->name), row, nowUtc))
            row.emplace(name, value);
        for (const CatalogColumn &column : m_table->columns) {
            if (column.notNull && !column.defaultSql && !column.generated && !column.identity && !row.contains(column.name) && m_table->rowidAlias() != column.name)
                return failure(ErrorCode::Unsupported, FillText::tr("Nothing tells what %1.%2 of a new row should be.").arg(m_table->name, column.name));
        }
        SqlValues values(m_table->engine);
        QStringList names;
        QStringList places;
        for (const auto &[name, value] : row) {
            names.append(Connection::quoted(name));
            places.append(values.bind(value) + (name == m_column.column ? cast() : QString()));
        }
        SqlValues known(m_table->engine);
        const QString already = m_sql.equalValue(*m_table, u"x"_s, m_column.expectedLink.front().second, link, known);
        const auto present = connection.queryValue(u"SELECT 1 FROM %1 AS x WHERE %2 LIMIT 1"_s.arg(m_sql.tableName(*m_table), already), Parameters(known.values()));
        if (!present)
            return failure(present);
        if (!present->isNull())
            return 0;
        const auto done = connection.execute(u"INSERT INTO %1 (%2) VALUES (%3)"_s.arg(m_sql.tableName(*m_table), names.join(u", "_s), places.join(u", "_s)), Parameters(values.values()));
        if (!done)
            return failure(done);
        return static_cast<int>(done->rowsAffected);
    }

private:
    bool isServer() const { return m_table != nullptr && m_table->engine == Engine::PostgreSql; }

    const ResolvedProfile &m_profile;
    const VectorColumn &m_column;
    const RowSql m_sql;
    const CatalogTable *m_table;
    const CatalogTable *m_expected;
};

Result<std::vector<MissingText>> readTexts(Connection &connection, const QString &sql, int keySize)
{
    std::vector<MissingText> texts;
    const Result<> read = connection.forEachRow(sql, {}, [&](const RowBlock &block, int row) {
        MissingText missing;
        for (int i = 0; i < keySize; ++i)
            missing.key.emplace_back(block.at(row, i));
        missing.text = QString::fromUtf8(block.at(row, keySize).bytes()).left(longestText);
        texts.push_back(std::move(missing));
        return true;
    });
    if (!read)
        return failure(read);
    return texts;
}

qint64 countIn(const Value &value)
{
    return value.type() == ValueType::Integer ? value.integer() : value.bytes().toLongLong();
}

} // namespace

Result<MissingEmbeddings> countMissingEmbeddings(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const VectorColumn &column)
{
    MissingEmbeddings missing;
    const FillSql sql(catalog, profile, column);
    if (!sql.isPossible())
        return missing;
    const auto empty = connection.queryValue(sql.emptyRows(u"count(*)"_s, {}));
    if (!empty)
        return failure(empty);
    missing.empty = countIn(*empty);
    if (sql.hasExpected()) {
        const auto absent = connection.queryValue(sql.absentRows(u"count(*)"_s, {}));
        if (!absent)
            return failure(absent);
        missing.absent = countIn(*absent);
    }
    return missing;
}

Result<FilledBatch> fillEmbeddings(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const VectorColumn &column, const EmbeddingEndpoint &endpoint,
                                   int batch, const QDateTime &nowUtc, const std::stop_token &stop)
{
    FilledBatch outcome;
    const FillSql sql(catalog, profile, column);
    if (!sql.isPossible())
        return failure(ErrorCode::Unsupported, FillText::tr("Nothing tells which texts the vectors of %1 are of.").arg(column.name()));
    const QString limit = u" LIMIT %1"_s.arg(batch);
    auto texts = readTexts(connection, sql.emptyRows({}, limit), static_cast<int>(column.key.size()));
    if (!texts)
        return failure(texts);
    const bool isUpdate = !texts->empty();
    if (!isUpdate && sql.hasExpected())
        texts = readTexts(connection, sql.absentRows({}, limit), 1);
    if (!texts)
        return failure(texts);
    outcome.isLast = texts->empty();
    if (outcome.isLast)
        return outcome;
    QStringList words;
    for (const MissingText &missing : *texts)
        words.append(missing.text);
    const auto vectors = embedTexts(endpoint, words, stop);
    if (!vectors)
        return failure(vectors);
    if (column.dimension > 0 && vectors->front().size() != column.dimension) {
        return failure(ErrorCode::InvalidInput, FillText::tr("The endpoint's vectors have %1 dimensions, those of %2 have %3. Nothing was written.")
                                                    .arg(vectors->front().size()).arg(column.name()).arg(column.dimension));
    }
    // As the vectors that are there are stored.
    bool asText = false;
    if (connection.engine() == Engine::Sqlite) {
        const auto type = connection.queryValue(u"SELECT typeof(%1) FROM %2 WHERE %1 IS NOT NULL LIMIT 1"_s.arg(Connection::quoted(column.column), Connection::quoted(column.table)));
        if (!type)
            return failure(type);
        asText = type->isNull() ? sql.table().column(column.column)->type.startsWith(u"VECTOR"_s, Qt::CaseInsensitive) : type->bytes() == "text";
    }
    auto write = [&](Connection &writer) -> Result<int> {
        int written = 0;
        for (std::size_t i = 0; i < texts->size(); ++i) {
            const Value vector = sql.stored((*vectors)[i], asText);
            const Result<int> done = isUpdate ? sql.update(writer, (*texts)[i].key, vector) : sql.insert(writer, (*texts)[i].key.front(), vector, endpoint.model, nowUtc);
            if (!done)
                return failure(done);
            written += *done;
        }
        return written;
    };
    const Result<int> written = Session::inTransaction(connection, write);
    if (!written)
        return failure(written);
    outcome.written = *written;
    outcome.skipped = static_cast<int>(texts->size()) - *written;
    return outcome;
}

} // namespace turnstone
