// SPDX-License-Identifier: GPL-3.0-or-later
// Exact similarity search against the limits of the machine and against others, side by side in one run. Figures are the best of several
// passes; what counts are the ratios.
//
//   bench_similarity [--rows 100000] [--dimension 1536] [--pairs 20000] [--vec0 path/to/vec0.so] [--parts memory,others,table,pairs,server]
//                    [--folder FOLDER] [--url postgresql://…]
//
// With a million rows and more memory is short: others (a second copy of the float32 matrix, or two) had better be left out, and a folder that
// holds the table from an earlier run saves writing it again. The server's part needs an empty database with pgvector.
#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/similarity/codekernels.h"
#include "models/similarity/kernels.h"
#include "models/similarity/pairsearch.h"
#include "models/vectors/filestamp.h"
#include "models/vectors/vectorstore.h"
#include "tests/bench/similaritymemory.h"
#include "tests/bench/similarityserver.h"
#include "tests/unit/models/similarity/codedvectors.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QThread>

#include <sqlite3.h>
#if __has_include(<hnswlib/hnswlib.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wreorder"
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#include <hnswlib/hnswlib.h>
#pragma GCC diagnostic pop
#define TURNSTONE_HAS_HNSWLIB 1
#endif

#include <cstdio>
#include <random>
#include <span>
#include <thread>

using namespace turnstone;
using namespace turnstone::similarity;
using namespace Qt::StringLiterals;

namespace {

template<typename Work>
double best(int passes, Work work)
{
    double least = 1e300;
    for (int i = 0; i < passes; ++i) {
        QElapsedTimer timer;
        timer.start();
        work();
        least = std::min(least, static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return least;
}

void line(const char *what, double ms, double against, const char *than)
{
    std::printf("%-58s %10.2f ms   %6.3f × %s\n", what, ms, ms / against, than);
    std::fflush(stdout);
}

/// Clusters of a hundred around random centres, each vector of length 1.
std::vector<float> clustered(std::size_t rows, std::size_t dimension)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> noise(1 << 20);
    for (float &value : noise)
        value = normal(random);
    const std::size_t clusters = std::max<std::size_t>(1, rows / 100);
    std::vector<float> centres(clusters * dimension);
    for (float &value : centres)
        value = normal(random);
    std::vector<float> values(rows * dimension);
    for (std::size_t i = 0; i < rows; ++i) {
        const float *centre = &centres[(random() % clusters) * dimension];
        const std::size_t offset = random();
        double squares = 0;
        for (std::size_t j = 0; j < dimension; ++j) {
            const float value = centre[j] + 0.7F * noise[(offset + j * 7) % noise.size()];
            values[i * dimension + j] = value;
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        for (std::size_t j = 0; j < dimension; ++j)
            values[i * dimension + j] = static_cast<float>(static_cast<double>(values[i * dimension + j]) / std::sqrt(squares));
    }
    return values;
}

void writeRows(sqlite3 *db, const std::vector<float> &values, std::size_t dimension, std::size_t first, std::size_t count, std::size_t firstId)
{
    sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
    sqlite3_stmt *insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO notes VALUES(?1, 'note', ?2)", -1, &insert, nullptr);
    for (std::size_t i = 0; i < count; ++i) {
        sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(firstId + i));
        sqlite3_bind_blob(insert, 2, &values[(first + i) * dimension], static_cast<int>(dimension * sizeof(float)), SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
}

void runSql(const QString &path, const std::string &sql, const std::function<void(sqlite3 *)> &more = {})
{
    sqlite3 *db = nullptr;
    sqlite3_open(path.toUtf8().constData(), &db);
    sqlite3_exec(db, ("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; " + sql).c_str(), nullptr, nullptr, nullptr);
    if (more)
        more(db);
    sqlite3_close(db);
}

/// What SQLite itself takes to hand out every blob once, each read to its end.
double readColumn(const QString &path)
{
    sqlite3 *db = nullptr;
    sqlite3_open(path.toUtf8().constData(), &db);
    const double ms = best(1, [db] {
        sqlite3_stmt *select = nullptr;
        sqlite3_prepare_v2(db, "SELECT id, v FROM notes ORDER BY id", -1, &select, nullptr);
        double sum = 0;
        while (sqlite3_step(select) == SQLITE_ROW)
            sum += kernels::readOnce(static_cast<const float *>(sqlite3_column_blob(select, 1)), static_cast<std::size_t>(sqlite3_column_bytes(select, 1)) / 4);
        sqlite3_finalize(select);
        if (sum == 12345.678)
            std::puts("");
    });
    sqlite3_close(db);
    return ms;
}

class Bench
{
public:
    Bench(std::size_t rows, std::size_t dimension) : m_rows(rows), m_dimension(dimension), m_values(clustered(rows, dimension)), m_query(dimension)
    {
        std::printf("%zu × %zu, clustered; instruction set %s, %d processors\n", rows, dimension, kernels::instructionSet(), QThread::idealThreadCount());
        kernels::widen(&m_values[(rows / 2) * dimension], dimension, m_query.data());
        for (std::size_t i = 0; i < dimension; ++i)
            m_query[i] += 0.001 * static_cast<double>(i % 7);
    }

    void read()
    {
        double sum = 0;
        m_read = best(7, [&] { sum += kernels::readOnce(m_values.data(), m_values.size()); });
        line("reading the float32 matrix once", m_read, m_read, "itself");
        if (sum == 12345.678)
            std::puts("");
    }

    void quantise()
    {
        const double quantised = best(1, [&] { m_coded = CodedVectors(m_values, m_dimension); });
        line("quantising it", quantised, m_read, "float32 read");
    }

    void inMemory()
    {
        const CodesView view = m_coded.view();
        const ExactQuery query(Metric::Cosine, m_query);
        std::size_t fetched = 0;
        m_search = best(15, [&] {
            CodeSearch search(query, 10);
            (void)search.scan(view);
            for (auto rows = search.wanted(16); !rows.empty(); rows = search.wanted(16)) {
                for (const std::uint64_t row : rows)
                    search.add(row, query.closeness(std::span<const float>(&m_values[row * m_dimension], m_dimension)));
            }
            fetched = search.fetched();
        });
        line("exact top 10: scan of the codes and exact re-ranking (≤ 0.35)", m_search, m_read, "float32 read");
        std::printf("%-58s %10zu\n", "  real vectors looked at", fetched);
        // What the machine allows: as many threads that only read what the first step has to read.
        const auto threads = static_cast<std::size_t>(QThread::idealThreadCount());
        const auto upper = std::span<const std::uint8_t>(m_coded.codes).first(m_coded.codes.size() / 2);
        const double floor = best(15, [&] {
            std::vector<std::jthread> readers;
            const std::size_t floats = upper.size() / 4 / threads;
            for (std::size_t i = 0; i < threads; ++i)
                readers.emplace_back([&, i] { (void)kernels::readOnce(reinterpret_cast<const float *>(upper.data()) + i * floats, floats); });
        });
        line("  merely reading half of the copy, all processors", floor, m_search, "our search");
        checkAgainstFloat64(view);
    }

    void others(const QString &vec0)
    {
#ifdef TURNSTONE_HAS_HNSWLIB
        hnswlib::InnerProductSpace space(m_dimension);
        hnswlib::BruteforceSearch<float> brute(&space, m_rows);
        for (std::size_t i = 0; i < m_rows; ++i)
            brute.addPoint(&m_values[i * m_dimension], i);
        std::vector<float> query(m_dimension);
        kernels::narrow(m_query.data(), m_dimension, query.data());
        const double ms = best(5, [&] { (void)brute.searchKnn(query.data(), 10); });
        line("hnswlib's brute force (≥ 4)", ms, m_search, "our search");
#else
        std::puts("hnswlib is not installed (libhnswlib-dev): left out");
#endif
        if (vec0.isEmpty()) {
            std::puts("sqlite-vec was not named (--vec0): left out");
            return;
        }
        sqlite3 *db = nullptr;
        sqlite3_open(":memory:", &db);
        sqlite3_enable_load_extension(db, 1);
        char *error = nullptr;
        if (sqlite3_load_extension(db, vec0.toUtf8().constData(), nullptr, &error) != SQLITE_OK) {
            std::printf("sqlite-vec cannot be loaded: %s\n", error);
            return;
        }
        sqlite3_exec(db, ("CREATE VIRTUAL TABLE notes USING vec0(v float[" + std::to_string(m_dimension) + "] distance_metric=cosine)").c_str(), nullptr, nullptr, nullptr);
        sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
        sqlite3_stmt *insert = nullptr;
        sqlite3_prepare_v2(db, "INSERT INTO notes(rowid, v) VALUES(?1, ?2)", -1, &insert, nullptr);
        for (std::size_t i = 0; i < m_rows; ++i) {
            sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i + 1));
            sqlite3_bind_blob(insert, 2, &m_values[i * m_dimension], static_cast<int>(m_dimension * sizeof(float)), SQLITE_STATIC);
            sqlite3_step(insert);
            sqlite3_reset(insert);
        }
        sqlite3_finalize(insert);
        sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
        std::vector<float> query32(m_dimension);
        kernels::narrow(m_query.data(), m_dimension, query32.data());
        const double vec = best(3, [&] {
            sqlite3_stmt *select = nullptr;
            sqlite3_prepare_v2(db, "SELECT rowid, distance FROM notes WHERE v MATCH ?1 AND k = 10", -1, &select, nullptr);
            sqlite3_bind_blob(select, 1, query32.data(), static_cast<int>(m_dimension * sizeof(float)), SQLITE_STATIC);
            while (sqlite3_step(select) == SQLITE_ROW) {
            }
            sqlite3_finalize(select);
        });
        line("npm's sqlite-vec (≥ 50)", vec, m_search, "our search");
        sqlite3_close(db);
    }

    /// `kept`: a folder where the table stays for the next run; empty: a temporary one.
    void table(const QString &kept)
    {
        const QTemporaryDir folder;
        const QString path = kept.isEmpty() ? folder.filePath(u"notes.db"_s) : kept + u"/notes.db"_s;
        if (!QFile::exists(path))
            writeTable(path);
        keepOnly(addedRows); // its memory is better used for the pages of the file
        double column = best(2, [&] { (void)readColumn(path); });
        line("SQLite: reading the column of blobs once", column, m_read, "float32 read");
        auto connection = Connection::open(DatabaseUrl::forFile(path));
        const Catalog catalog = *readCatalog(**connection);
        const VectorColumn vectors = readVectorColumns(**connection, catalog, deriveProfile(catalog))->front();
        while (fileStamp(path).isEmpty())
            QThread::msleep(100);
        const ExactQuery query(Metric::Cosine, m_query);
        VectorStore::Request request;
        request.query = &query;
        const auto ask = [&](VectorStore &store) {
            const auto answer = store.nearest(**connection, vectors, request, {});
            if (!answer)
                std::printf("failed: %s\n", qPrintable(answer.error().message));
        };
        VectorStore nothing{QString()};
        const QString cache = folder.filePath(u"cache"_s);
        double first = 1e300;
        double building = 1e300;
        for (int i = 0; i < 3; ++i) { // in turn, the table in the page cache for all of them
            column = std::min(column, readColumn(path));
            first = std::min(first, best(1, [&] { ask(nothing); }));
            QDir(cache).removeRecursively();
            building = std::min(building, best(1, [&] {
                                    VectorStore store(cache);
                                    ask(store);
                                }));
        }
        line("SQLite: reading it once, best of all passes", column, m_read, "float32 read");
        line("first search on a table never seen, no copy (≤ 1.2)", first, column, "reading the column");
        line("first search, building the copy (≤ 1.5)", building, column, "reading the column");
        VectorStore store(cache);
        line("opening the copy (checked to the last byte) and search", best(1, [&] { ask(store); }), column, "reading the column");
        line("search with the copy, real vectors from the table (≤ 0.35)", best(15, [&] { ask(store); }), m_read, "float32 read");
        printMemory(path, cache, m_rows, m_dimension);
        addRows(path);
        QElapsedTimer sinceAsked;
        double shown = 0;
        request.preliminary = [&](const std::vector<VectorStore::Nearest> &, std::size_t) { shown = shown > 0 ? shown : static_cast<double>(sinceAsked.nsecsElapsed()) / 1e6; };
        sinceAsked.start();
        const double added = best(1, [&] { ask(store); });
        line("search after 1,000 rows were added (below 1,000 ms)", added, column, "reading the column");
        line("  first hits, from the old copy and the rows behind it", shown, column, "reading the column");
        runSql(path, "DELETE FROM notes WHERE id > " + std::to_string(m_rows)); // as it was, for the next run
    }

    void pairs(std::size_t count)
    {
        count = std::min(count, m_rows);
        const std::size_t stride = strideOf(m_dimension);
        std::size_t multiplications = 0;
        const double limit = best(3, [&] { (void)kernels::multiplyAddOnly(3'000'000, &multiplications); });
        const double perThread = static_cast<double>(multiplications) / limit;
        const auto threads = static_cast<unsigned>(QThread::idealThreadCount());
        PairSearch search;
        search.dimension = m_dimension;
        search.rows = std::span<const CodedRow>(m_coded.rows).first(count);
        search.codesOf = [view = m_coded.view()](std::size_t row) { return view.planes(row); };
        search.least = 0.9;
        search.threads = threads;
        std::size_t doubtful = 0;
        search.decide = [&](std::span<const DoubtfulPair> some, std::vector<bool> &isNear) {
            doubtful += some.size();
            for (std::size_t i = 0; i < some.size(); ++i) {
                std::vector<double> wide(m_dimension);
                kernels::widen(&m_values[some[i].first * m_dimension], m_dimension, wide.data());
                isNear[i] = ExactQuery(Metric::Cosine, wide).closeness(std::span<const float>(&m_values[some[i].second * m_dimension], m_dimension)) >= 0.9;
            }
            return true;
        };
        std::size_t groups = 0;
        const double ms = best(1, [&] { groups = search.run({})->size(); });
        const double floor = static_cast<double>(count) * static_cast<double>(count) / 2 * static_cast<double>(stride) / (perThread * threads);
        line("all pairs above 0.9 (≤ 2)", ms, floor, "multiply–adds alone, same threads");
        std::printf("%-58s %10zu groups, %zu pairs looked at in full, of %zu vectors\n", "", groups, doubtful, count);
    }

private:
    static constexpr std::size_t addedRows = 1000;

    void writeTable(const QString &path) const
    {
        runSql(path, "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT, v BLOB)", [this](sqlite3 *db) { writeRows(db, m_values, m_dimension, 0, m_rows, 1); });
    }
    void addRows(const QString &path) const
    {
        runSql(path, "SELECT 1", [this](sqlite3 *db) { writeRows(db, m_values, m_dimension, 0, std::min(m_rows, addedRows), m_rows + 1); });
    }
    void keepOnly(std::size_t rows)
    {
        m_values.resize(std::min(m_rows, rows) * m_dimension);
        m_values.shrink_to_fit();
        m_coded = {};
    }
    void checkAgainstFloat64(const CodesView &view)
    {
        int wrong = 0;
        for (std::size_t source = 0; source < m_rows; source += m_rows / 20) {
            std::vector<double> values(m_dimension);
            kernels::widen(&m_values[source * m_dimension], m_dimension, values.data());
            const ExactQuery query(Metric::Cosine, values);
            CodeSearch search(query, 10);
            (void)search.scan(view);
            for (auto rows = search.wanted(16); !rows.empty(); rows = search.wanted(16)) {
                for (const std::uint64_t row : rows)
                    search.add(row, query.closeness(std::span<const float>(&m_values[row * m_dimension], m_dimension)));
            }
            TopK expected(10);
            for (std::size_t i = 0; i < m_rows; ++i)
                expected.add(query.closeness(std::span<const float>(&m_values[i * m_dimension], m_dimension)), i);
            const auto a = search.result();
            const auto b = expected.sorted();
            wrong += std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) { return x.id == y.id; }) ? 0 : 1;
        }
        std::printf("%-58s %10d of 20 queries\n", "  differing from a float64 brute force", wrong);
    }

    const std::size_t m_rows;
    const std::size_t m_dimension;
    std::vector<float> m_values;
    std::vector<double> m_query;
    CodedVectors m_coded;
    double m_read = 0;
    double m_search = 0;
};

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (isMemoryChild(words))
        return measureMemory(words);
    const auto option = [&words](const QString &name, const QString &otherwise) {
        const qsizetype at = words.indexOf(name);
        return at > 0 ? words.value(at + 1) : otherwise;
    };
    const QStringList parts = option(u"--parts"_s, u"memory,others,table,pairs,server"_s).split(u',');
    const auto dimension = static_cast<std::size_t>(option(u"--dimension"_s, u"1536"_s).toULongLong());
    if (parts != QStringList{u"server"_s}) {
        Bench bench(option(u"--rows"_s, u"100000"_s).toULongLong(), dimension);
        bench.read();
        const bool needsCodes = parts.contains(u"memory"_s) || parts.contains(u"others"_s) || parts.contains(u"pairs"_s);
        if (needsCodes)
            bench.quantise();
        if (parts.contains(u"memory"_s) || parts.contains(u"others"_s))
            bench.inMemory();
        if (parts.contains(u"others"_s))
            bench.others(option(u"--vec0"_s, {}));
        if (parts.contains(u"pairs"_s))
            bench.pairs(option(u"--pairs"_s, u"20000"_s).toULongLong());
        if (parts.contains(u"table"_s))
            bench.table(option(u"--folder"_s, {}));
    }
    if (parts.contains(u"server"_s)) {
        if (const QString url = option(u"--url"_s, {}); !url.isEmpty())
            similarityOnAServer(url, std::min<std::size_t>(20'000, option(u"--rows"_s, u"20000"_s).toULongLong()), dimension);
        else
            std::puts("no server was named (--url): left out");
    }
    return 0;
}
