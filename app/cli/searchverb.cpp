// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/searchverb.h"

#include "app/cli/keyjson.h"
#include "models/core/jsonwriter.h"
#include "models/profiles/treepath.h"
#include "models/vectors/embeddingclient.h"
#include "models/vectors/vectorfile.h"
#include "models/vectors/wordsearch.h"

#include <QCoreApplication>
#include <QStandardPaths>

namespace turnstone::cli {

namespace {

using namespace Qt::StringLiterals;
using similarity::Metric;

struct SearchverbText
{
    Q_DECLARE_TR_FUNCTIONS(SearchVerb)
};

const std::vector<std::pair<std::string, Metric>> metrics{{"cosine", Metric::Cosine}, {"l2", Metric::L2}, {"inner-product", Metric::InnerProduct}, {"l1", Metric::L1}};

QString metricName(Metric metric)
{
    for (const auto &[name, known] : metrics) {
        if (known == metric)
            return QString::fromStdString(name);
    }
    return {};
}

QString keyText(const RowKey &key)
{
    QStringList words;
    for (const Value &value : key)
        words.append(value.toDisplayText());
    return words.join(u',');
}

QString oneLine(const QString &text, qsizetype width)
{
    const QString line = text.simplified();
    return line.size() <= width ? line : line.left(width - 1) + u'…';
}

/// The columns of the key of a hit and their table, for JSON.
std::pair<QStringList, const CatalogTable *> keyColumnsOf(const KnownDatabase &known, const VectorColumn &column, const QString &table)
{
    const CatalogTable *found = known.catalog.table(table, column.schema);
    if (!found || column.storage == VectorColumn::Storage::Vec0)
        return {column.key, found};
    if (table == column.recordTable && !column.record.isEmpty())
        return {{column.recordColumn}, found};
    return {RowSql(known.catalog, known.profile).identity(*found), found};
}

} // namespace

void SearchVerb::declare(CLI::App &command)
{
    m_database.declare(command);
    command.add_option("--row", m_rows, "Key of a record to find the like of; several: of their mean");
    command.add_option("--vector", m_vectorFile, "File with a vector: JSON, [1,2,…], or raw float32; - is standard input");
    command.add_option("--text", m_text, "A text; by its words unless --endpoint can embed it");
    command.add_option("--duplicates", m_duplicates, "Instead: groups of records whose score is at least this, e.g. 0.97");
    command.add_option("--table", m_table, "Table of the records, or of the vectors");
    command.add_option("--column", m_column, "Column of the vectors, if there are several");
    command.add_option("-k", m_count, "How many (10)")->check(CLI::PositiveNumber);
    command.add_option("--metric", m_metric, "cosine, l2, inner-product or l1 (the application's)")->check(CLI::IsMember({"cosine", "l2", "inner-product", "l1"}));
    command.add_option("--min-score", m_leastScore, "Only hits of at least this score; cosine: 1 - distance/2");
    command.add_flag("--exact", m_exact, "PostgreSQL: without an approximate index");
    command.add_option("--ef-search", m_efSearch, "PostgreSQL: hnsw.ef_search")->check(CLI::Range(1, 1000));
    command.add_option("--where", m_where, "Condition in SQL on the table with the vectors");
    command.add_option("--within", m_within, "Only records of the conversation with this key");
    command.add_option("--endpoint", m_endpoint, "OpenAI-compatible URL that embeds --text, e.g. http://localhost:8080/v1; it is sent the text. Key from TURNSTONE_EMBEDDING_KEY");
    command.add_option("--model", m_model, "Model to name to the endpoint (the one that the vectors are of)");
    command.add_flag("--no-copy", m_withoutCopy, "Keep no copy of the vectors in the cache folder");
    command.add_flag("--json", m_json, "Print JSON");
}

Result<> SearchVerb::checkOptions() const
{
    const int asked = (m_rows.empty() ? 0 : 1) + (m_vectorFile.empty() ? 0 : 1) + (m_text.empty() ? 0 : 1) + (m_duplicates >= 0 ? 1 : 0);
    if (asked != 1)
        return failure(ErrorCode::InvalidInput, SearchverbText::tr("give one of --row, --vector, --text and --duplicates"));
    if (m_duplicates > 1 || m_leastScore > 1)
        return failure(ErrorCode::InvalidInput, SearchverbText::tr("a score is at most 1"));
    if (!m_endpoint.empty() && m_text.empty())
        return failure(ErrorCode::InvalidInput, SearchverbText::tr("--endpoint is for --text"));
    return {};
}

Result<VectorColumn> SearchVerb::choose(const std::vector<VectorColumn> &columns) const
{
    const QString table = QString::fromStdString(m_table);
    const QString name = QString::fromStdString(m_column);
    if (columns.empty())
        return failure(ErrorCode::NotFound, SearchverbText::tr("the database has no column of vectors"));
    for (const VectorColumn &column : columns) {
        const bool fits = table.isEmpty() || column.table.compare(table, Qt::CaseInsensitive) == 0 || column.recordTable.compare(table, Qt::CaseInsensitive) == 0;
        if (fits && (name.isEmpty() || column.column.compare(name, Qt::CaseInsensitive) == 0))
            return column;
    }
    QStringList names;
    for (const VectorColumn &column : columns)
        names.append(column.name());
    return failure(ErrorCode::NotFound, SearchverbText::tr("no vectors there; the columns of vectors are %1").arg(names.join(u", "_s)));
}

QString SearchVerb::cacheFolder() const
{
    return m_withoutCopy ? QString() : QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + u"/turnstone/vectors"_s;
}

Result<SimilarityQuestion> SearchVerb::question(const KnownDatabase &known, const VectorColumn &column, VerbContext &) const
{
    SimilarityQuestion question;
    question.count = m_count;
    question.exact = m_exact;
    question.efSearch = m_efSearch;
    question.where = QString::fromStdString(m_where);
    if (!m_table.empty())
        question.table = QString::fromStdString(m_table).compare(column.table, Qt::CaseInsensitive) == 0 ? column.table : column.recordTable;
    if (m_leastScore >= 0)
        question.leastScore = m_leastScore;
    for (const auto &[name, metric] : metrics) {
        if (name == m_metric)
            question.metric = metric;
    }
    if (!m_within.empty()) {
        if (!column.group)
            return failure(ErrorCode::Unsupported, SearchverbText::tr("nothing tells which conversation the vectors of %1 belong to").arg(column.name()));
        question.group = Value::text(QString::fromStdString(m_within));
        if (const Value number = TreePath::keyValue(QString::fromStdString(m_within)); number.type() == ValueType::Integer)
            question.group = number;
    }
    const auto [columns, table] = keyColumnsOf(known, column, SimilaritySearch::subjectOf(column, question.table));
    for (const std::string &row : m_rows) {
        auto key = keyFromText(QString::fromStdString(row), columns, SimilaritySearch::subjectOf(column, question.table));
        if (!key)
            return failure(key);
        question.rows.push_back(std::move(*key));
    }
    if (!m_vectorFile.empty()) {
        auto vector = readVectorFile(QString::fromStdString(m_vectorFile));
        if (!vector)
            return failure(vector);
        question.vector = std::move(*vector);
    }
    return question;
}

Result<> SearchVerb::run(VerbContext &context)
{
    if (const Result<> good = checkOptions(); !good)
        return good;
    const ProfileRegistry registry = loadRegistry([&](const QString &line) { context.streams.error(line); });
    auto connection = m_database.open({}, context.stop);
    if (!connection)
        return failure(connection);
    const StopGuard guard(**connection, context.stop);
    const Result<KnownDatabase> known = readAndRecognise(**connection, registry);
    if (!known)
        return failure(known);
    const auto columns = readVectorColumns(**connection, known->catalog, known->profile);
    if (!columns)
        return failure(columns);
    const Result<VectorColumn> column = choose(*columns);
    if (!column)
        return failure(column);
    Result<SimilarityQuestion> asked = question(*known, *column, context);
    if (!asked)
        return failure(asked);
    VectorStore store(cacheFolder());
    int shown = -1;
    const VectorProgress progress = [&](double fraction, std::size_t rows) {
        const int percent = static_cast<int>(fraction * 100);
        if (!context.streams.errIsTerminal || percent == shown)
            return;
        shown = percent;
        context.streams.err((percent < 0 ? SearchverbText::tr("\rreading vectors: %1").arg(rows) : SearchverbText::tr("\rreading vectors: %1 %").arg(percent)).toUtf8());
    };
    if (m_duplicates >= 0) {
        const auto found = findNearDuplicates(**connection, known->catalog, known->profile, store, *column, m_duplicates, *asked, context.stop, progress);
        if (shown >= 0)
            context.streams.err("\r\033[K");
        if (!found)
            return failure(found);
        for (const QString &note : found->notes)
            context.streams.error(note);
        return context.streams.out(m_json ? duplicatesAsJson(*found, *known, *column) : duplicatesAsText(*found));
    }
    const SimilaritySearch search(known->catalog, known->profile, store);
    if (const auto models = search.models(**connection, *column); models && models->size() > 1)
        context.streams.error(SearchverbText::tr("the vectors are of %1 models; scores across models mean nothing").arg(models->size()));
    if (!m_endpoint.empty()) {
        const EmbeddingEndpoint endpoint{QString::fromStdString(m_endpoint), QString::fromStdString(m_model), qEnvironmentVariable("TURNSTONE_EMBEDDING_KEY")};
        auto vectors = embedTexts(endpoint, {QString::fromStdString(m_text)}, context.stop);
        if (!vectors)
            return failure(vectors);
        asked->vector = std::move(vectors->front());
    }
    const Result<SimilarityAnswer> answer = !m_text.empty() && m_endpoint.empty() ? searchWords(**connection, known->catalog, known->profile, store, *column, QString::fromStdString(m_text), *asked)
                                                            : search.ask(**connection, *column, *asked, context.stop, progress);
    if (shown >= 0)
        context.streams.err("\r\033[K");
    if (!answer)
        return failure(answer);
    for (const QString &note : answer->notes)
        context.streams.error(note);
    return context.streams.out(m_json ? asJson(*answer, *known, *column) : asText(*answer));
}

QByteArray SearchVerb::asJson(const SimilarityAnswer &answer, const KnownDatabase &known, const VectorColumn &column) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    json.key(u"metric");
    json.string(answer.isByWords ? u"words"_s : metricName(answer.metric));
    json.key(u"exact");
    json.boolean(answer.exact);
    json.key(u"index");
    answer.index.isEmpty() ? json.null() : json.string(answer.index);
    json.key(u"column");
    json.string(column.name());
    json.key(u"milliseconds");
    json.real(answer.milliseconds);
    json.key(u"hits");
    json.beginArray();
    for (const SimilarityHit &hit : answer.hits) {
        json.beginObject();
        json.key(u"table");
        json.string(hit.table);
        json.key(u"key");
        const auto [columns, table] = keyColumnsOf(known, column, hit.table);
        writeKey(json, hit.key, columns, table);
        json.key(u"distance");
        json.real(hit.distance);
        json.key(u"score");
        json.real(hit.score);
        json.key(u"text");
        json.string(hit.text);
        const auto optional = [&json](QStringView name, const QString &text) {
            json.key(name);
            text.isEmpty() ? json.null() : json.string(text);
        };
        optional(u"speaker", hit.speaker);
        optional(u"time", hit.time);
        optional(u"conversation", hit.group.isNull() ? QString() : hit.group.toDisplayText());
        json.endObject();
    }
    json.endArray();
    json.endObject();
    out += '\n';
    return out;
}

QByteArray SearchVerb::asText(const SimilarityAnswer &answer) const
{
    QString out;
    for (const SimilarityHit &hit : answer.hits) {
        QStringList about{keyText(hit.key)};
        for (const QString &part : {hit.speaker, hit.groupLabel.isEmpty() && !hit.group.isNull() ? hit.group.toDisplayText() : hit.groupLabel, hit.time}) {
            if (!part.isEmpty())
                about.append(oneLine(part, 40));
        }
        out += u"%1  %2\n        %3\n"_s.arg(QString::number(hit.score, 'f', 4), about.join(u" · "_s), oneLine(hit.text, 110));
    }
    if (answer.hits.empty())
        out = SearchverbText::tr("nothing found\n");
    return (out + u"%1, %2 ms\n"_s.arg(answer.how, QString::number(answer.milliseconds, 'f', 1))).toUtf8();
}

QByteArray SearchVerb::duplicatesAsJson(const NearDuplicates &found, const KnownDatabase &known, const VectorColumn &column) const
{
    QByteArray out;
    JsonWriter json(out, 2);
    json.beginObject();
    json.key(u"vectors");
    json.integer(static_cast<std::int64_t>(found.vectors));
    json.key(u"group_count");
    json.integer(static_cast<std::int64_t>(found.groupCount));
    json.key(u"groups");
    json.beginArray();
    for (const NearDuplicates::Group &group : found.groups) {
        json.beginObject();
        json.key(u"size");
        json.integer(static_cast<std::int64_t>(group.size));
        json.key(u"members");
        json.beginArray();
        for (const SimilarityHit &hit : group.members) {
            json.beginObject();
            json.key(u"table");
            json.string(hit.table);
            json.key(u"key");
            const auto [columns, table] = keyColumnsOf(known, column, hit.table);
            writeKey(json, hit.key, columns, table);
            json.key(u"score");
            json.real(hit.score);
            json.key(u"text");
            json.string(hit.text);
            json.endObject();
        }
        json.endArray();
        json.endObject();
    }
    json.endArray();
    json.endObject();
    out += '\n';
    return out;
}

QByteArray SearchVerb::duplicatesAsText(const NearDuplicates &found) const
{
    QString out;
    for (const NearDuplicates::Group &group : found.groups) {
        out += SearchverbText::tr("%1 records\n").arg(group.size);
        for (const SimilarityHit &hit : group.members)
            out += u"  %1  %2  %3\n"_s.arg(QString::number(hit.score, 'f', 4), keyText(hit.key), oneLine(hit.text, 100));
    }
    return (out + SearchverbText::tr("%1 groups among %2 vectors\n").arg(found.groupCount).arg(found.vectors)).toUtf8();
}

} // namespace turnstone::cli
