// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/similarityserver.h"

#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/vectors/similaritysearch.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

constexpr int questions = 60;

double median(std::vector<double> values)
{
    if (values.empty())
        return -1;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

/// The statement for each vector, timed by psql itself.
std::vector<double> timedByPsql(const QString &url, const QString &statement, const std::vector<QByteArray> &vectors, bool isExact)
{
    const QTemporaryDir folder;
    QFile script(folder.filePath(u"ask.sql"_s));
    if (!script.open(QIODevice::WriteOnly))
        return {};
    script.write(isExact ? "SET enable_indexscan = off;\n" : "SET hnsw.ef_search = 40;\n");
    script.write("\\o /dev/null\n\\timing on\n");
    for (const QByteArray &vector : vectors)
        script.write(QString(statement).replace(u"$1"_s, u'\'' + QString::fromLatin1(vector) + u'\'').toUtf8() + ";\n");
    script.close();
    const QString own = qEnvironmentVariable("TURNSTONE_TEST_PGVECTOR_BIN");
    QProcess psql;
    psql.start(own.isEmpty() ? u"psql"_s : own + u"/psql"_s, {url, u"-X"_s, u"-q"_s, u"-f"_s, script.fileName()});
    if (!psql.waitForFinished(120'000) || psql.exitCode() != 0) {
        std::printf("psql failed: %s\n", psql.readAllStandardError().constData());
        return {};
    }
    std::vector<double> times;
    for (const QByteArray &row : psql.readAllStandardOutput().split('\n')) {
        if (row.startsWith("Time: "))
            times.push_back(row.mid(6, row.indexOf(" ms") - 6).toDouble());
    }
    return times;
}

} // namespace

void similarityOnAServer(const QString &url, std::size_t rows, std::size_t dimension)
{
    ConnectionOptions writing;
    writing.readOnly = false;
    auto connection = Connection::open(*DatabaseUrl::parse(url), writing);
    if (!connection)
        return static_cast<void>(std::printf("%s\n", qPrintable(connection.error().message)));
    const auto run = [&](const QString &sql) {
        const auto done = (*connection)->execute(sql);
        if (!done)
            std::printf("%s: %s\n", qPrintable(sql.left(60)), qPrintable(done.error().message));
        return done.has_value();
    };
    if (!run(u"CREATE EXTENSION IF NOT EXISTS vector"_s) || !run(u"CREATE TABLE bench_notes(id integer PRIMARY KEY, body text, v vector(%1))"_s.arg(dimension)))
        return;
    run(u"INSERT INTO bench_notes SELECT i, 'note ' || i, (SELECT array_agg(sin(i % 97 + j) + random()) FROM generate_series(1, %1) j WHERE i > 0)::vector FROM generate_series(1, %2) i"_s.arg(dimension).arg(rows));
    run(u"CREATE INDEX ON bench_notes USING hnsw (v vector_cosine_ops) WITH (m = 8, ef_construction = 32)"_s);
    run(u"ANALYZE bench_notes"_s);
    {
        const Catalog catalog = *readCatalog(**connection);
        const ResolvedProfile profile = deriveProfile(catalog);
        const std::vector<VectorColumn> columns = declaredVectorColumns(catalog, profile);
        const auto column = std::find_if(columns.begin(), columns.end(), [](const VectorColumn &each) { return each.table == u"bench_notes"; });
        VectorStore store{QString()};
        const SimilaritySearch search(catalog, profile, store);
        std::vector<std::vector<double>> vectors;
        std::vector<QByteArray> texts;
        for (int i = 0; i < questions; ++i) {
            const auto of = search.vectorOf(**connection, *column, column->table, {{Value::integer(1 + i * 7)}}, similarity::Metric::Cosine);
            vectors.push_back(of->vector);
            texts.push_back(SimilaritySearch::vectorText(of->vector));
        }
        for (const bool isExact : {false, true}) {
            std::vector<double> ours;
            const auto ask = [&] {
                for (const std::vector<double> &vector : vectors) {
                    SimilarityQuestion question;
                    question.vector = vector;
                    question.exact = isExact;
                    const auto answer = search.ask(**connection, *column, question, {});
                    if (answer && answer->exact == isExact && answer->hits.size() == 10)
                        ours.push_back(answer->milliseconds);
                    else
                        std::printf("a question failed: %s\n", answer ? "index used or not" : qPrintable(answer.error().message));
                }
            };
            const QString statement = SimilaritySearch::serverStatement(*column, similarity::Metric::Cosine, dimension, {}, 10, true);
            std::vector<double> theirs;
            for (int round = 0; round < 3; ++round) {
                ask();
                const auto times = timedByPsql(url, statement, texts, isExact);
                theirs.insert(theirs.end(), times.begin(), times.end());
            }
            std::printf("%-58s %10.2f ms, psql %.2f ms: %.2f ms more (< 5)\n", isExact ? "pgvector, exact: our question, hits described (median)" : "pgvector, HNSW: our question, hits described (median)", median(ours),
                        median(theirs), median(ours) - median(theirs));
        }
    }
    run(u"DROP TABLE bench_notes"_s);
}
