// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/wordsearch.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QRegularExpression>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

constexpr int mostWords = 24;

/// Words of three letters and more, each once; shorter ones if there are no others.
QStringList wordsOf(const QString &text)
{
    static const QRegularExpression gap(u"[^\\p{L}\\p{N}]+"_s);
    QStringList all = text.toLower().split(gap, Qt::SkipEmptyParts);
    all.removeDuplicates();
    QStringList words;
    for (const QString &word : all) {
        if (word.size() >= 3)
            words.append(word);
    }
    return (words.isEmpty() ? all : words).mid(0, mostWords);
}

} // namespace

Result<SimilarityAnswer> searchWords(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, VectorStore &store, const VectorColumn &column,
                                     const QString &text, const SimilarityQuestion &question)
{
    QElapsedTimer timer;
    timer.start();
    SimilarityAnswer answer;
    const QStringList words = wordsOf(text);
    const CatalogTable *table = catalog.table(column.table, column.schema);
    if (words.isEmpty() || !column.text || !table)
        return failure(ErrorCode::InvalidInput, QCoreApplication::translate("WordSearch", "there is no text to search in, or no word to search for"));
    const RowSql sql(catalog, profile);
    const SimilaritySearch search(catalog, profile, store);
    SqlValues values(catalog.engine);
    const QString where = search.condition(column, question, values);
    const QString content = u"lower(%1)"_s.arg(sql.field(*column.text, *table, u"r"_s));
    QStringList terms;
    for (const QString &word : words) {
        const QString value = values.bind(Value::text(word));
        terms.append(catalog.engine == Engine::Sqlite ? u"(instr(x.t, %1) > 0)"_s.arg(value) : u"(position(%1::text in x.t) > 0)::int"_s.arg(value));
    }
    const QString sum = terms.join(u" + "_s);
    QStringList keys;
    QStringList names;
    for (qsizetype i = 0; i < column.key.size(); ++i) {
        const QString name = column.isKeyRowid ? column.key.at(i) : Connection::quoted(column.key.at(i));
        names.append(u"x.k%1"_s.arg(i));
        keys.append(u"r.%1%2 AS k%3"_s.arg(name, catalog.engine == Engine::PostgreSql ? u"::text"_s : QString()).arg(i));
    }
    const QString statement = u"SELECT %1, %2 FROM (SELECT %3, %4 AS t FROM %5 AS r WHERE r.%6 IS NOT NULL%7) AS x WHERE %2 > 0 ORDER BY %2 DESC, %1 LIMIT %8"_s.arg(
        names.join(u", "_s), sum, keys.join(u", "_s), content, Connection::quoted(column.schema, column.table), Connection::quoted(column.column),
        where.isEmpty() ? QString() : u" AND "_s + where, QString::number(question.count));
    std::vector<RowKey> found;
    std::vector<double> scores;
    const int keySize = static_cast<int>(column.key.size());
    const Result<> read = connection.forEachRow(statement, Parameters(values.values()), [&](const RowBlock &block, int row) {
        RowKey key;
        for (int i = 0; i < keySize; ++i)
            key.emplace_back(block.at(row, i));
        found.push_back(std::move(key));
        const ValueRef count = block.at(row, keySize);
        const double hits = count.type() == ValueType::Integer ? static_cast<double>(count.integer()) : Value(count).toDisplayText().toDouble();
        scores.push_back(hits / static_cast<double>(words.size()));
        return true;
    });
    if (!read)
        return failure(read);
    auto hits = search.describe(connection, column, found, question.table);
    if (!hits)
        return failure(hits);
    answer.hits = std::move(*hits);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        answer.hits[i].score = scores[i];
        answer.hits[i].distance = 1 - scores[i];
    }
    answer.isByWords = true;
    answer.how = QCoreApplication::translate("WordSearch", "by words");
    answer.notes.append(QCoreApplication::translate("WordSearch", "No embedding endpoint is set up: the text was searched by its words, not by its meaning."));
    answer.milliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    return answer;
}

} // namespace turnstone
