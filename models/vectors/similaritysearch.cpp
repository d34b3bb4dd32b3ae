// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/similaritysearch.h"

#include "models/vectors/vectorkey.h"
#include "models/vectors/vectorreader.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocale>

#include <charconv>
#include <cmath>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;
using namespace similarity;
using Storage = VectorColumn::Storage;

constexpr int shownCharacters = 2000;
constexpr std::size_t describedAtOnce = 200;

struct SearchText
{
    Q_DECLARE_TR_FUNCTIONS(SimilaritySearch)
};

QString operatorOf(Metric metric)
{
    switch (metric) {
    case Metric::Cosine: return u"<=>"_s;
    case Metric::L2: return u"<->"_s;
    case Metric::InnerProduct: return u"<#>"_s;
    case Metric::L1: return u"<+>"_s;
    }
    return {};
}

QString textOfCell(const ValueRef &value)
{
    return value.isNull() ? QString() : value.type() == ValueType::Text ? QString::fromUtf8(value.bytes()) : Value(value).toDisplayText();
}

/// The first index that an EXPLAIN in JSON names under a scan that gives the order.
QString indexIn(const QJsonValue &plan)
{
    const QJsonObject node = plan.toObject();
    if (node.contains(u"Index Name"_s) && node.contains(u"Order By"_s))
        return node.value(u"Index Name"_s).toString();
    for (const QJsonValue &child : node.value(u"Plans"_s).toArray()) {
        if (const QString found = indexIn(child); !found.isEmpty())
            return found;
    }
    return {};
}

QString counted(std::uint64_t number)
{
    return QLocale().toString(static_cast<qulonglong>(number));
}

class Rollback
{
public:
    explicit Rollback(Connection &connection) : m_connection(connection) {}
    ~Rollback()
    {
        if (m_connection.isInTransaction())
            m_connection.rollback();
    }
    Q_DISABLE_COPY_MOVE(Rollback)

private:
    Connection &m_connection;
};

} // namespace

QStringList notesOf(const CopyCounts &counts, Metric metric, std::size_t dimension)
{
    QStringList notes;
    if (counts.otherDimension > 0)
        notes.append(SearchText::tr("%1 vectors have another dimension (%2, not %3) and cannot be compared").arg(counted(counts.otherDimension), counted(counts.anotherDimension), counted(dimension)));
    if (counts.notFinite > 0)
        notes.append(SearchText::tr("%1 vectors hold NaN or infinity and cannot be compared").arg(counted(counts.notFinite)));
    if (counts.malformed > 0)
        notes.append(SearchText::tr("%1 values are no vectors").arg(counted(counts.malformed)));
    if (counts.zero > 0 && metric == Metric::Cosine)
        notes.append(SearchText::tr("%1 vectors are zero and have no direction").arg(counted(counts.zero)));
    return notes;
}

QByteArray SimilaritySearch::vectorText(const std::vector<double> &vector)
{
    QByteArray text = "[";
    for (const double value : vector) {
        if (text.size() > 1)
            text += ',';
        char buffer[40];
        // The server keeps float32: its shortest text reads back equal, and is half as long.
        const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value));
        text.append(buffer, error == std::errc() ? end - buffer : 0);
    }
    return text + ']';
}

QString SimilaritySearch::keyColumns(const VectorColumn &column) const
{
    QStringList names;
    for (const QString &name : column.key)
        names.append(u"r."_s + (column.isKeyRowid ? name : Connection::quoted(name)) + (m_catalog.engine == Engine::PostgreSql ? u"::text"_s : QString()));
    return names.join(u", "_s);
}

QString SimilaritySearch::condition(const VectorColumn &column, const SimilarityQuestion &question, SqlValues &values) const
{
    QStringList conditions;
    if (!question.where.trimmed().isEmpty())
        conditions.append(u"(%1\n)"_s.arg(question.where));
    const CatalogTable *table = m_sql.table(column.table);
    if (question.group && column.group && table) {
        const QString field = m_sql.field(*column.group, *table, u"r"_s);
        conditions.append(m_catalog.engine == Engine::PostgreSql ? u"(%1)::text = %2"_s.arg(field, values.bind(Value::text(question.group->toDisplayText())))
                                                                 : u"%1 = %2"_s.arg(field, values.bind(*question.group)));
    }
    return conditions.join(u" AND "_s);
}

Result<std::optional<VectorKeySet>> SimilaritySearch::allowedRows(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question) const
{
    SqlValues values(m_catalog.engine);
    const QString where = condition(column, question, values);
    if (where.isEmpty())
        return std::optional<VectorKeySet>();
    VectorKeySet allowed;
    VectorReader reader(connection, column);
    const Result<> read = connection.forEachRow(u"SELECT %1 FROM %2 AS r WHERE %3"_s.arg(keyColumns(column), Connection::quoted(column.schema, column.table), where),
                                                Parameters(values.values()), [&](const RowBlock &block, int row) {
                                                    if (column.isKeyRowid)
                                                        allowed.numbers.insert(block.at(row, 0).integer());
                                                    else
                                                        allowed.texts.insert(encodedKey(reader.keyOf(block, row)));
                                                    return true;
                                                });
    if (!read)
        return failure(read);
    return std::optional(std::move(allowed));
}

Result<SimilaritySearch::Asked> SimilaritySearch::vectorOf(Connection &connection, const VectorColumn &column, const QString &wantedTable, const std::vector<RowKey> &rows,
                                                           Metric metric) const
{
    const CatalogTable *table = m_catalog.table(column.table, column.schema);
    const QString subject = subjectOf(column, wantedTable);
    Asked asked;
    VectorDecoder texts(VectorForm::Text);
    VectorDecoder blobs(column.form);
    VectorReader reader(connection, column);
    std::size_t used = 0;
    std::optional<Error> mismatch;
    const auto add = [&](VectorDecoder &decoder) {
        const std::span<const double> values = decoder.doubles();
        if (!asked.vector.empty() && asked.vector.size() != values.size()) {
            mismatch = Error{ErrorCode::InvalidInput, SearchText::tr("the records' vectors have different dimensions (%1 and %2)").arg(asked.vector.size()).arg(values.size()), {}, -1};
            return;
        }
        asked.vector.resize(values.size());
        double squares = 0;
        for (const double value : values)
            squares += value * value;
        const double scale = metric == Metric::Cosine && rows.size() > 1 && squares > 0 ? 1 / std::sqrt(squares) : 1;
        for (std::size_t i = 0; i < values.size(); ++i)
            asked.vector[i] += scale * values[i];
        ++used;
    };
    for (const RowKey &key : rows) {
        std::size_t before = used;
        const auto take = [&](const RowBlock &block, int row) {
            const ValueRef cell = block.at(row, static_cast<int>(column.key.size()));
            VectorDecoder &decoder = cell.type() == ValueType::Text ? texts : blobs;
            if (cell.type() == ValueType::Blob && column.dimension > 0 && column.form == VectorForm::Float32Blob && cell.bytes().size() == static_cast<qsizetype>(2 * column.dimension))
                blobs = VectorDecoder(VectorForm::Float16Blob);
            asked.vectorKeys.push_back(reader.keyOf(block, row));
            if (!cell.isNull() && decoder.decode({cell.bytes().data(), static_cast<std::size_t>(cell.bytes().size())}) == DecodeStatus::Ok)
                add(decoder);
        };
        const auto lookUp = [&](const QString &where, const SqlValues &values) {
            const QString vector = u"r."_s + Connection::quoted(column.column) + (m_catalog.engine == Engine::PostgreSql ? u"::text"_s : QString());
            return connection.forEachRow(u"SELECT %1, %2 FROM %3 AS r WHERE %4"_s.arg(keyColumns(column), vector, Connection::quoted(column.schema, column.table), where),
                                         Parameters(values.values()), [&](const RowBlock &block, int row) {
                                             take(block, row);
                                             return true;
                                         });
        };
        Result<> read;
        if (column.storage == Storage::Vec0) {
            RowKey number = key;
            if (number.size() == 1 && number.front().type() == ValueType::Text)
                number.front() = Value::integer(number.front().bytes().toLongLong());
            read = reader.fetch({number}, take);
        } else if (table) {
            SqlValues values(m_catalog.engine);
            if (subject == column.recordTable && !column.record.isEmpty() && key.size() == 1)
                read = lookUp(m_sql.equalValue(*table, u"r"_s, column.record, key.front(), values), values);
            if (read && used == before && asked.vectorKeys.empty()) { // the key of the row with the vector itself
                SqlValues own(m_catalog.engine);
                QStringList conditions;
                const QStringList identity = m_sql.identity(*table);
                for (qsizetype i = 0; i < identity.size() && i < static_cast<qsizetype>(key.size()); ++i)
                    conditions.append(m_sql.equalValue(*table, u"r"_s, identity.at(i), key[static_cast<std::size_t>(i)], own));
                read = conditions.isEmpty() ? Result<>() : lookUp(conditions.join(u" AND "_s), own);
            }
        }
        if (!read)
            return failure(read);
        if (mismatch)
            return tl::unexpected(*mismatch);
        if (used == before) {
            QStringList words;
            for (const Value &value : key)
                words.append(value.toDisplayText());
            return failure(ErrorCode::NotFound, SearchText::tr("%1 has no record %2 with a vector").arg(subject, words.join(u',')));
        }
    }
    if (metric != Metric::Cosine || used > 1) {
        for (double &value : asked.vector)
            value /= static_cast<double>(used);
    }
    return asked;
}

std::optional<FieldRef> SimilaritySearch::groupLabel(const VectorColumn &column, const CatalogTable &table) const
{
    if (!column.group || !column.group->jsonPath.isEmpty())
        return std::nullopt;
    const CatalogTable *last = column.group->hops.empty() ? &table : m_sql.table(column.group->hops.back().table);
    const auto target = last ? m_sql.target(*last, column.group->column) : std::nullopt;
    const TableProfile *known = target ? m_profile.table(target->table->name) : nullptr;
    if (!known)
        return std::nullopt;
    for (const LabelTemplate::Part &part : known->label.parts()) {
        if (part.alternatives.empty() || !part.alternatives.front().hops.empty())
            continue;
        FieldRef label = *column.group;
        label.hops.push_back({column.group->column, target->table->name});
        label.column = part.alternatives.front().column;
        label.jsonPath = part.alternatives.front().jsonPath;
        return label;
    }
    return std::nullopt;
}

Result<std::vector<SimilarityHit>> SimilaritySearch::describe(Connection &connection, const VectorColumn &column, const std::vector<RowKey> &vectorKeys, const QString &wanted) const
{
    std::vector<SimilarityHit> hits(vectorKeys.size());
    std::unordered_map<std::string, std::size_t> placeOf;
    for (std::size_t i = 0; i < vectorKeys.size(); ++i) {
        hits[i].vectorKey = vectorKeys[i];
        placeOf.emplace(encodedKey(vectorKeys[i]), i);
    }
    const QString subject = subjectOf(column, wanted);
    const CatalogTable *table = m_catalog.table(column.table, column.schema);
    if (column.storage == Storage::Vec0 || !table) {
        for (SimilarityHit &hit : hits) {
            hit.table = column.table;
            hit.key = hit.vectorKey;
        }
        return hits;
    }
    const bool isRecord = subject == column.recordTable && !column.record.isEmpty();
    const QStringList identity = isRecord ? QStringList{column.record} : m_sql.identity(*table);
    QStringList fields;
    for (const QString &name : identity)
        fields.append(!table->hasColumn(name) ? u"r."_s + name : RowSql::column(u"r"_s, name));
    const auto field = [&](const std::optional<FieldRef> &ref) { return ref ? m_sql.field(*ref, *table, u"r"_s) : u"NULL"_s; };
    fields.append(m_sql.text(field(column.text), shownCharacters));
    fields.append(field(column.speaker));
    fields.append(field(column.time));
    fields.append(field(column.group));
    fields.append(field(groupLabel(column, *table)));
    const int keySize = static_cast<int>(column.key.size());
    const int first = keySize + static_cast<int>(identity.size());
    VectorReader reader(connection, column);
    for (std::size_t from = 0; from < vectorKeys.size(); from += describedAtOnce) {
        SqlValues values(m_catalog.engine);
        QStringList rows;
        for (std::size_t i = from; i < std::min(vectorKeys.size(), from + describedAtOnce); ++i) {
            QStringList parts;
            for (qsizetype c = 0; c < column.key.size(); ++c) {
                const Value &value = vectorKeys[i][static_cast<std::size_t>(c)];
                parts.append(column.isKeyRowid ? u"r.%1 = %2"_s.arg(column.key.at(c), values.bind(value)) : m_sql.equalValue(*table, u"r"_s, column.key.at(c), value, values));
            }
            rows.append(parts.size() == 1 ? parts.front() : u'(' + parts.join(u" AND "_s) + u')');
        }
        const Result<> read = connection.forEachRow(
            u"SELECT %1, %2 FROM %3 AS r WHERE %4"_s.arg(keyColumns(column), fields.join(u", "_s), Connection::quoted(column.schema, column.table), rows.join(u" OR "_s)),
            Parameters(values.values()), [&](const RowBlock &block, int row) {
                const auto place = placeOf.find(encodedKey(reader.keyOf(block, row)));
                if (place == placeOf.end())
                    return true;
                SimilarityHit &hit = hits[place->second];
                hit.table = subject;
                hit.key.clear();
                for (int i = keySize; i < first; ++i)
                    hit.key.emplace_back(block.at(row, i));
                hit.text = textOfCell(block.at(row, first));
                hit.speaker = textOfCell(block.at(row, first + 1));
                hit.time = textOfCell(block.at(row, first + 2));
                hit.group = Value(block.at(row, first + 3));
                hit.groupLabel = textOfCell(block.at(row, first + 4));
                return true;
            });
        if (!read)
            return failure(read);
    }
    return hits;
}

Result<std::vector<SimilarityHit>> SimilaritySearch::hitsOf(Connection &connection, const VectorColumn &column, Metric metric, const std::vector<VectorStore::Nearest> &nearest,
                                                            const QString &table) const
{
    std::vector<RowKey> keys;
    for (const VectorStore::Nearest &each : nearest)
        keys.push_back(each.key);
    auto hits = describe(connection, column, keys, table);
    if (!hits)
        return hits;
    for (std::size_t i = 0; i < nearest.size(); ++i) {
        (*hits)[i].distance = distanceOf(metric, nearest[i].closeness);
        (*hits)[i].score = scoreOf(metric, (*hits)[i].distance);
    }
    std::erase_if(*hits, [](const SimilarityHit &hit) { return hit.key.empty(); });
    return hits;
}

Result<std::vector<std::pair<QString, qint64>>> SimilaritySearch::models(Connection &connection, const VectorColumn &column) const
{
    std::vector<std::pair<QString, qint64>> models;
    const CatalogTable *table = m_catalog.table(column.table, column.schema);
    if (!column.model || !table)
        return models;
    const Result<> read = connection.forEachRow(
        u"SELECT %1, count(*) FROM %2 AS r WHERE r.%3 IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 20"_s.arg(m_sql.field(*column.model, *table, u"r"_s), Connection::quoted(column.schema, column.table),
                                                                                                            Connection::quoted(column.column)),
        {}, [&](const RowBlock &block, int row) {
            const ValueRef count = block.at(row, 1);
            models.emplace_back(textOfCell(block.at(row, 0)), count.type() == ValueType::Integer ? count.integer() : textOfCell(count).toLongLong());
            return true;
        });
    if (!read)
        return failure(read);
    return models;
}

QString SimilaritySearch::serverStatement(const VectorColumn &column, Metric metric, std::size_t dimension, const QString &condition, int count, bool hasLimit)
{
    const QString name = u"r."_s + Connection::quoted(column.column);
    const QString size = QString::number(dimension);
    QString value = name;
    QString query = u"$1::vector"_s;
    QString guard = column.dimension == 0 && column.storage == Storage::PgVector ? u" AND vector_dims(%1) = %2"_s.arg(name, size) : QString();
    if (column.storage == Storage::PgHalfVector)
        query = u"$1::vector::halfvec"_s;
    else if (column.storage == Storage::PgSparseVector)
        query = u"$1::vector::sparsevec"_s;
    else if (column.storage == Storage::PgFloat4Array || column.storage == Storage::PgFloat8Array)
        value = u"(CASE WHEN array_length(%1, 1) = %2 THEN %1::vector END)"_s.arg(name, size);
    QStringList keys;
    for (const QString &key : column.key)
        keys.append(u"r."_s + Connection::quoted(key) + u"::text"_s);
    const QString distance = u"%1 %2 %3"_s.arg(value, operatorOf(metric), query);
    return u"SELECT %1, (%2)::text AS distance FROM %3 AS r WHERE %4 IS NOT NULL%5%6 ORDER BY %2%7"_s.arg(
        keys.join(u", "_s), distance, Connection::quoted(column.schema, column.table), value, guard, condition.isEmpty() ? QString() : u" AND "_s + condition,
        hasLimit ? u" LIMIT %1"_s.arg(count) : QString());
}

Result<SimilarityAnswer> SimilaritySearch::askServer(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const Asked &asked, Metric metric,
                                                     const QString &condition, SqlValues &values) const
{
    const Rollback rollback(connection);
    if (const Result<> begun = connection.begin(); !begun)
        return failure(begun);
    // The extension may stand in a schema that nobody searches; settings last until the transaction's end.
    QStringList settings{u"set_config('search_path', current_setting('search_path') || ', ' || (SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'), true)"_s};
    const auto set = [&](const QString &name, const QString &value) { settings.append(u"set_config('%1', '%2', true)"_s.arg(name, value)); };
    if (question.exact)
        set(u"enable_indexscan"_s, u"off"_s);
    const int deeper = question.efSearch > 0 ? question.efSearch : std::clamp(question.count + static_cast<int>(asked.vectorKeys.size()), 40, 1000);
    set(u"hnsw.ef_search"_s, QString::number(std::clamp(deeper, 1, 1000)));
    if (question.probes > 0)
        set(u"ivfflat.probes"_s, QString::number(question.probes));
    const QStringList version = vectorExtensionVersion(m_catalog).split(u'.');
    const bool hasIterativeScan = version.value(0).toInt() > 0 || version.value(1).toInt() >= 8;
    if (hasIterativeScan && !condition.isEmpty())
        set(u"hnsw.iterative_scan"_s, u"strict_order"_s);
    if (const auto done = connection.queryValue(u"SELECT "_s + settings.join(u", "_s)); !done)
        return failure(done);
    QString whole = condition;
    for (const RowKey &key : asked.vectorKeys) {
        QStringList parts;
        for (qsizetype i = 0; i < column.key.size(); ++i)
            parts.append(u"r.%1::text = %2"_s.arg(Connection::quoted(column.key.at(i)), values.bind(key[static_cast<std::size_t>(i)])));
        whole += (whole.isEmpty() ? u""_s : u" AND "_s) + u"NOT (%1)"_s.arg(parts.join(u" AND "_s));
    }
    const QString sql = serverStatement(column, metric, asked.vector.size(), whole, question.count, true);
    const auto plan = connection.queryValue(u"EXPLAIN (FORMAT JSON) "_s + sql, Parameters(values.values()));
    if (!plan)
        return failure(plan);
    SimilarityAnswer answer;
    answer.metric = metric;
    answer.index = indexIn(QJsonDocument::fromJson(plan->bytes()).array().at(0).toObject().value(u"Plan"_s));
    answer.exact = answer.index.isEmpty();
    std::vector<RowKey> keys;
    std::vector<double> distances;
    const double farthest = question.leastScore ? distanceOfScore(metric, *question.leastScore) : HUGE_VAL;
    const int keySize = static_cast<int>(column.key.size());
    const Result<> read = connection.forEachRow(sql, Parameters(values.values()), [&](const RowBlock &block, int row) {
        const double distance = block.at(row, keySize).bytes().toByteArray().toDouble();
        if (std::isnan(distance) || distance > farthest)
            return true;
        RowKey key;
        for (int i = 0; i < keySize; ++i)
            key.emplace_back(block.at(row, i));
        keys.push_back(std::move(key));
        distances.push_back(distance);
        return true;
    });
    if (!read)
        return failure(read);
    auto hits = describe(connection, column, keys, question.table);
    if (!hits)
        return failure(hits);
    answer.hits = std::move(*hits);
    for (std::size_t i = 0; i < distances.size(); ++i) {
        answer.hits[i].distance = distances[i];
        answer.hits[i].score = scoreOf(metric, distances[i]);
    }
    answer.how = answer.exact ? SearchText::tr("on the server, without an index") : SearchText::tr("on the server, index %1").arg(answer.index);
    return answer;
}

Result<SimilarityAnswer> SimilaritySearch::askStore(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const Asked &asked, Metric metric,
                                                    const std::stop_token &stop, const VectorProgress &progress, const Preliminary &preliminary) const
{
    const ExactQuery query(metric, asked.vector);
    if (!query.isUsable())
        return failure(ErrorCode::InvalidInput, SearchText::tr("the vector asked for is zero or not finite: nothing can be compared with it"));
    const Result<std::optional<VectorKeySet>> allowed = allowedRows(connection, column, question);
    if (!allowed)
        return failure(allowed);
    VectorStore::Request request;
    request.query = &query;
    request.count = static_cast<std::size_t>(std::max(question.count, 0));
    request.allowed = *allowed ? &**allowed : nullptr;
    request.excluded = asked.vectorKeys;
    if (question.leastScore)
        request.leastCloseness = closenessOf(metric, distanceOfScore(metric, *question.leastScore));
    if (preliminary.show)
        request.preliminary = [&](std::vector<VectorStore::Nearest> nearest, std::size_t) { preliminary.show(metric, std::move(nearest)); };
    request.preliminaryEvery = preliminary.every;
    auto found = m_store.nearest(connection, column, request, stop, progress);
    if (!found)
        return failure(found);
    if (found->vectors == 0 && found->counts.otherDimension > 0) {
        return failure(ErrorCode::InvalidInput, SearchText::tr("the vector asked for has %1 dimensions, those of %2 have %3").arg(query.dimension()).arg(column.name()).arg(found->counts.anotherDimension));
    }
    auto hits = hitsOf(connection, column, metric, found->nearest, question.table);
    if (!hits)
        return failure(hits);
    SimilarityAnswer answer;
    answer.metric = metric;
    answer.hits = std::move(*hits);
    answer.notes = notesOf(found->counts, metric, query.dimension());
    answer.how = found->fromCopy ? SearchText::tr("exact, %1 vectors, %2 of them looked at in full").arg(counted(found->vectors), counted(found->fetched))
                                 : SearchText::tr("exact, %1 vectors read").arg(counted(found->vectors));
    return answer;
}

Result<SimilarityAnswer> SimilaritySearch::ask(Connection &connection, const VectorColumn &column, const SimilarityQuestion &question, const std::stop_token &stop,
                                               const VectorProgress &progress, const Preliminary &preliminary) const
{
    QElapsedTimer timer;
    timer.start();
    const Metric metric = question.metric.value_or(column.metric);
    Asked asked;
    if (!question.rows.empty()) {
        auto of = vectorOf(connection, column, question.table, question.rows, metric);
        if (!of)
            return failure(of);
        asked = std::move(*of);
    } else {
        asked.vector = question.vector;
    }
    if (asked.vector.empty())
        return failure(ErrorCode::InvalidInput, SearchText::tr("nothing was asked: give a record, a vector or a text"));
    if (column.dimension > 0 && asked.vector.size() != column.dimension) {
        return failure(ErrorCode::InvalidInput, SearchText::tr("the vector asked for has %1 dimensions, %2 holds vectors of %3").arg(asked.vector.size()).arg(column.name()).arg(column.dimension));
    }
    if (!question.rows.empty() && !question.vector.empty()) {
        for (std::size_t i = 0; i < asked.vector.size() && i < question.vector.size(); ++i)
            asked.vector[i] = (asked.vector[i] + question.vector[i]) / 2;
    }
    SqlValues values(m_catalog.engine);
    Result<SimilarityAnswer> answer;
    bool isAnswered = false;
    QString trouble;
    if (column.isServerSide && connection.engine() == Engine::PostgreSql) {
        (void)values.bind(Value::text(vectorText(asked.vector)));
        const QString where = condition(column, question, values);
        answer = askServer(connection, column, question, asked, metric, where, values);
        isAnswered = answer || answer.error().code == ErrorCode::Cancelled || answer.error().code == ErrorCode::ConnectionLost || !where.isEmpty();
        // An index gives up before a filter is satisfied, or never sees some rows: what is missing is looked for without it.
        if (answer && !answer->index.isEmpty() && static_cast<int>(answer->hits.size()) < question.count && !question.leastScore) {
            SimilarityQuestion again = question;
            again.exact = true;
            SqlValues anew(m_catalog.engine);
            (void)anew.bind(Value::text(vectorText(asked.vector)));
            const QString condition2 = condition(column, again, anew);
            answer = askServer(connection, column, again, asked, metric, condition2, anew);
        }
        if (!answer)
            trouble = answer.error().message;
    }
    if (!isAnswered) {
        answer = askStore(connection, column, question, asked, metric, stop, progress, preliminary);
        if (answer && !trouble.isEmpty())
            answer->notes.prepend(SearchText::tr("The server could not compare these vectors (%1); they were searched here.").arg(trouble));
    }
    if (answer)
        answer->milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    return answer;
}

} // namespace turnstone
