// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/vectors/vectorstore.h"

#include "models/catalog/catalogreader.h"
#include "models/profiles/derivedprofile.h"
#include "models/vectors/filestamp.h"
#include "models/vectors/nearduplicates.h"
#include "tests/support/testfiles.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <random>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace turnstone;
using namespace turnstone::similarity;
using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t dimension = 96;

/// A table of vectors that the test writes by SQLite's own interface, and its truth in memory.
class Table
{
public:
    explicit Table(const QString &path, const char *journal = "DELETE") : m_path(path)
    {
        run(QByteArray("PRAGMA journal_mode = ") + journal);
        run("CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT, topic INTEGER, v BLOB)");
    }

    void write(int first, int count, unsigned seed)
    {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal;
        sqlite3 *db = open();
        sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
        sqlite3_stmt *insert = nullptr;
        sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO notes VALUES(?1, 'note ' || ?1, ?1 % 7, ?2)", -1, &insert, nullptr);
        for (int i = first; i < first + count; ++i) {
            std::vector<float> &vector = rows[i];
            vector.resize(dimension);
            for (float &value : vector)
                value = normal(random) + (i % 40 == 0 ? 0 : static_cast<float>(i % 9));
            sqlite3_bind_int(insert, 1, i);
            sqlite3_bind_blob(insert, 2, vector.data(), static_cast<int>(vector.size() * 4), SQLITE_STATIC);
            sqlite3_step(insert);
            sqlite3_reset(insert);
        }
        sqlite3_finalize(insert);
        sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
        sqlite3_close(db);
    }

    void repeat(int id, int as)
    {
        rows[as] = rows.at(id);
        run("INSERT INTO notes SELECT " + QByteArray::number(as) + ", body, topic, v FROM notes WHERE id = " + QByteArray::number(id));
    }

    void remove(int id)
    {
        rows.erase(id);
        run("DELETE FROM notes WHERE id = " + QByteArray::number(id));
    }

    void run(const QByteArray &sql) const
    {
        if (const QString error = executeSql(m_path, QString::fromUtf8(sql)); !error.isEmpty())
            qFatal("%s", qPrintable(error));
    }

    std::vector<std::pair<int, double>> nearest(const ExactQuery &query, std::size_t k, int topic = -1, double least = -HUGE_VAL) const
    {
        TopK top(k, least);
        for (const auto &[id, vector] : rows) {
            if (topic < 0 || id % 7 == topic)
                top.add(query.closeness(std::span<const float>(vector)), static_cast<std::uint64_t>(id));
        }
        std::vector<std::pair<int, double>> result;
        for (const TopK::Entry &entry : top.sorted())
            result.emplace_back(static_cast<int>(entry.id), entry.closeness);
        return result;
    }

    std::map<int, std::vector<float>> rows;

private:
    sqlite3 *open() const
    {
        sqlite3 *db = nullptr;
        sqlite3_open(m_path.toUtf8().constData(), &db);
        sqlite3_busy_timeout(db, 5000);
        return db;
    }
    const QString m_path;
};

/// Coarser than the times of the file systems that tests run on. What stores believe of any file system takes seconds to test.
constexpr std::chrono::milliseconds settled{50};

/// Waits until the last change is old enough for its time to be trusted.
void age(const QString &path, std::chrono::milliseconds least = settled)
{
    QTRY_VERIFY_WITH_TIMEOUT(!fileStamp(path, least).isEmpty(), 5000);
}

std::unique_ptr<Connection> open(const QString &path)
{
    auto opened = Connection::open(DatabaseUrl::forFile(path));
    if (!opened)
        qFatal("%s", qPrintable(opened.error().message));
    return std::move(*opened);
}

} // namespace

class tst_VectorStore : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void theSecondSearchNeedsNoReading();
    void changesBehindOurBackAreSeen_data();
    void changesBehindOurBackAreSeen();
    void aCopyOfAnotherFileInItsPlaceIsNotBelieved();
    void damagedCopiesAreMadeAnew();
    void copiesThatAreCutWhileTheyAreSearched();
    void aKilledBuildIsForgotten();
    void firstHitsComeWhileTheColumnIsRead();
    void everyMetricWithFiltersAndThresholds();
    void rowidsFarApart();
    void bothReadersSeeOneStateWhileOthersWrite_data();
    void bothReadersSeeOneStateWhileOthersWrite();
    void tablesWithoutRowid();
    void stopping();
    void nearDuplicatesAreExact();

private:
    QString file() const { return m_folder->filePath(u"notes.db"_s); }
    QString cache() const { return m_folder->filePath(u"cache"_s); }
    VectorColumn column(Connection &connection, const QString &name = u"notes.v"_s) const
    {
        const Catalog catalog = *readCatalog(connection);
        const auto columns = readVectorColumns(connection, catalog, deriveProfile(catalog));
        for (const VectorColumn &found : *columns) {
            if (found.name() == name)
                return found;
        }
        qFatal("no column");
    }
    static QString check(VectorStore &store, Connection &connection, const VectorColumn &column, const Table &table, bool *fromCopy = nullptr)
    {
        std::mt19937 random(5);
        std::normal_distribution<double> normal;
        for (int round = 0; round < 4; ++round) {
            std::vector<double> values(dimension);
            for (double &value : values)
                value = normal(random) + round;
            const ExactQuery query(Metric::Cosine, values);
            VectorStore::Request request;
            request.query = &query;
            const auto answer = store.nearest(connection, column, request, {});
            if (!answer)
                return answer.error().message + answer.error().detail;
            const auto expected = table.nearest(query, 10);
            if (answer->nearest.size() != expected.size())
                return u"%1 hits of %2"_s.arg(answer->nearest.size()).arg(expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                if (answer->nearest[i].key.front().integer() != expected[i].first || std::abs(answer->nearest[i].closeness - expected[i].second) > 1e-14)
                    return u"hit %1 is %2, not %3"_s.arg(i).arg(answer->nearest[i].key.front().integer()).arg(expected[i].first);
            }
            if (answer->vectors != table.rows.size())
                return u"%1 vectors of %2"_s.arg(answer->vectors).arg(table.rows.size());
            if (fromCopy)
                *fromCopy = answer->fromCopy;
        }
        return {};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void tst_VectorStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void tst_VectorStore::theSecondSearchNeedsNoReading()
{
    Table table(file());
    table.write(1, 3000, 1);
    age(file(), coarsestFileTimes);
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    {
        VectorStore store(cache());
        bool fromCopy = false;
        QCOMPARE(check(store, *connection, vectors, table, &fromCopy), QString());
        QVERIFY(fromCopy);
    }
    VectorStore again(cache()); // another start of the program
    const std::vector<double> values(dimension, 0.5);
    const ExactQuery query(Metric::Cosine, values);
    VectorStore::Request request;
    request.query = &query;
    const auto answer = again.nearest(*connection, vectors, request, {});
    QVERIFY(answer && answer->fromCopy);
    QVERIFY(answer->fetched < 1000);
    QVERIFY(!QFile::exists(file() + u"-wal"_s)); // nothing was written beside the user's file
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"notes.db"_s});
}

void tst_VectorStore::changesBehindOurBackAreSeen_data()
{
    QTest::addColumn<QByteArray>("journal");
    QTest::addColumn<bool>("aged");
    QTest::newRow("rollback journal") << QByteArray("DELETE") << false;
    QTest::newRow("write-ahead log") << QByteArray("WAL") << false;
    QTest::newRow("rollback journal, old enough to trust times") << QByteArray("DELETE") << true;
    QTest::newRow("write-ahead log, old enough to trust times") << QByteArray("WAL") << true;
}

void tst_VectorStore::changesBehindOurBackAreSeen()
{
    QFETCH(QByteArray, journal);
    QFETCH(bool, aged);
    Table table(file(), journal.constData());
    table.write(1, 1500, 2);
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    VectorStore store(cache(), aged ? settled : coarsestFileTimes);
    for (int round = 0; round < (aged ? 3 : 12); ++round) {
        if (aged)
            age(file());
        QCOMPARE(check(store, *connection, vectors, table), QString());
        switch (round % 4) {
        case 0: table.write(100 + round, 1, static_cast<unsigned>(1000 + round)); break; // changed in place
        case 1: table.write(2000 + round * 50, 30, static_cast<unsigned>(round)); break; // added
        case 2: table.remove(300 + round); break;
        case 3: table.run("UPDATE notes SET body = 'other words'"); break; // the vectors stay
        }
        QCOMPARE(check(store, *connection, vectors, table), QString());
    }
    table.write(1, 2500, 77); // nearly everything
    QCOMPARE(check(store, *connection, vectors, table), QString());
}

void tst_VectorStore::aCopyOfAnotherFileInItsPlaceIsNotBelieved()
{
    Table table(file());
    table.write(1, 1500, 3);
    age(file());
    VectorStore store(cache(), settled);
    {
        const auto connection = open(file());
        QCOMPARE(check(store, *connection, column(*connection), table), QString());
    }
    const QString other = m_folder->filePath(u"other.db"_s);
    Table replacement(other);
    replacement.write(1, 1500, 4);
    age(other);
    QVERIFY(QFile::remove(file()) && QFile::rename(other, file()));
    const auto connection = open(file());
    QCOMPARE(check(store, *connection, column(*connection), replacement), QString());
}

void tst_VectorStore::damagedCopiesAreMadeAnew()
{
    Table table(file());
    table.write(1, 1500, 5);
    age(file());
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    const QString path = VectorCopy::basePath(cache(), VectorStore::identityOf(*connection, vectors, dimension));
    for (const qint64 at : {qint64(0), qint64(100), qint64(5000), qint64(150'000), qint64(-1)}) {
        {
            VectorStore store(cache(), settled);
            QCOMPARE(check(store, *connection, vectors, table), QString());
        }
        QFile copy(path);
        QVERIFY2(copy.open(QIODevice::ReadWrite), qPrintable(path));
        if (at < 0) {
            QVERIFY(copy.resize(copy.size() / 2));
        } else {
            QVERIFY(copy.seek(at));
            copy.write("damage");
        }
        copy.close();
        VectorStore store(cache(), settled);
        bool fromCopy = false;
        QCOMPARE(check(store, *connection, vectors, table, &fromCopy), QString());
        QVERIFY(fromCopy); // by the last of the searches there is a good one again
    }
}

/// Another program truncates and overwrites the files of the copy at any moment, for hundreds of searches.
void tst_VectorStore::copiesThatAreCutWhileTheyAreSearched()
{
    Table table(file());
    table.write(1, 3000, 15);
    age(file());
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    VectorStore store(cache(), settled);
    QCOMPARE(check(store, *connection, vectors, table), QString());
    const QString path = VectorCopy::basePath(cache(), VectorStore::identityOf(*connection, vectors, dimension));
    std::atomic<int> cuts = 0;
    std::jthread vandal([&](const std::stop_token &stop) {
        std::mt19937 random(3);
        while (!stop.stop_requested()) {
            ::usleep(500 + random() % 6000);
            if (random() % 2 == 0) {
                cuts += ::truncate(QFile::encodeName(path).constData(), static_cast<off_t>(random() % 300'000)) == 0 ? 1 : 0;
            } else if (const int other = ::open(QFile::encodeName(path).constData(), O_WRONLY | O_CLOEXEC); other >= 0) {
                cuts += ::pwrite(other, "damage and more damage", 22, static_cast<off_t>(random() % 300'000)) > 0 ? 1 : 0;
                ::close(other);
            }
        }
    });
    for (int round = 0; round < 40 || (cuts < 20 && round < 600); ++round) {
        QCOMPARE(check(store, *connection, vectors, table), QString());
        if (round % 10 == 0) {
            const Catalog catalog = *readCatalog(*connection);
            const auto found = findNearDuplicates(*connection, catalog, deriveProfile(catalog), store, vectors, 0.9999, {}, {});
            QVERIFY2(found || found.error().code == ErrorCode::Corrupt || found.error().code == ErrorCode::Io, found ? "" : qPrintable(found.error().message));
            QVERIFY(!found || found->groupCount == 0);
        }
    }
    vandal.request_stop();
    vandal.join();
    QVERIFY(cuts > 0);
    QCOMPARE(check(store, *connection, vectors, table), QString());
}

void tst_VectorStore::firstHitsComeWhileTheColumnIsRead()
{
    Table table(file());
    table.write(1, 12'000, 16);
    age(file());
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    const ExactQuery query(Metric::Cosine, std::vector<double>(dimension, 0.25));
    VectorStore::Request request;
    request.query = &query;
    request.preliminaryEvery = std::chrono::milliseconds(0);
    using Shown = std::pair<std::size_t, std::vector<VectorStore::Nearest>>;
    std::vector<Shown> shown; // written by one thread at a time
    request.preliminary = [&](std::vector<VectorStore::Nearest> nearest, std::size_t rows) { shown.emplace_back(rows, std::move(nearest)); };
    const auto isTop = [](const std::vector<VectorStore::Nearest> &found, const std::vector<std::pair<int, double>> &expected) {
        return std::equal(found.begin(), found.end(), expected.begin(), expected.end(), [](const auto &a, const auto &b) { return a.key.front().integer() == b.first && a.closeness == b.second; });
    };
    for (const QString &folder : {QString(), cache()}) { // with and without a copy to be made
        VectorStore store(folder, settled);
        shown.clear();
        const auto answer = store.nearest(*connection, vectors, request, {});
        QVERIFY(answer);
        QVERIFY(isTop(answer->nearest, table.nearest(query, 10)));
        QVERIFY2(shown.size() >= 2, qPrintable(QString::number(shown.size())));
        std::size_t before = 0;
        for (const auto &[rows, nearest] : shown) { // the nearest of the rows up to there, by number as they are read
            QVERIFY(rows > before && rows <= 12'000);
            before = rows;
            TopK top(10);
            for (int id = 1; id <= static_cast<int>(rows); ++id)
                top.add(query.closeness(std::span<const float>(table.rows[id])), static_cast<std::uint64_t>(id));
            std::vector<std::pair<int, double>> expected;
            for (const TopK::Entry &entry : top.sorted())
                expected.emplace_back(static_cast<int>(entry.id), entry.closeness);
            QVERIFY(isTop(nearest, expected));
        }
    }
    // With a copy of an older state: first what that and the rows behind it say, at once, then the truth.
    VectorStore store(cache(), settled);
    shown.clear();
    QVERIFY(store.nearest(*connection, vectors, request, {})->fromCopy);
    QVERIFY(shown.empty()); // answered at once
    const auto old = table.nearest(query, 10);
    table.remove(old.front().first);
    table.write(20'000, 500, 17);
    table.repeat(old[1].first, 30'000);
    const auto answer = store.nearest(*connection, vectors, request, {});
    QVERIFY(answer);
    QVERIFY(isTop(answer->nearest, table.nearest(query, 10)));
    QCOMPARE(shown.size(), std::size_t(1));
    QCOMPARE(shown.front().first, std::size_t(0));
    QVERIFY(shown.front().second.size() >= 9);
    const auto isShown = [&](int id) {
        return std::any_of(shown.front().second.begin(), shown.front().second.end(), [id](const VectorStore::Nearest &nearest) { return nearest.key.front().integer() == id; });
    };
    QVERIFY(isShown(30'000));
    for (const VectorStore::Nearest &nearest : shown.front().second) { // never what is gone
        QVERIFY(nearest.key.front().integer() != old.front().first);
        QCOMPARE(nearest.closeness, query.closeness(std::span<const float>(table.rows[static_cast<int>(nearest.key.front().integer())])));
    }
}

void tst_VectorStore::aKilledBuildIsForgotten()
{
    Table table(file());
    table.write(1, 4000, 6);
    for (int round = 0; round < 15; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            VectorStore store(cache(), settled);
            const auto connection = open(file());
            const VectorColumn vectors = column(*connection);
            for (;;) {
                store.forget(*connection, vectors, dimension);
                (void)check(store, *connection, vectors, table);
            }
        }
        ::usleep(8'000 + static_cast<unsigned>(round) * 3'000);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        table.write(50 + round, 2, static_cast<unsigned>(round));
        VectorStore store(cache(), settled);
        const auto connection = open(file());
        QCOMPARE(check(store, *connection, column(*connection), table), QString());
    }
}

void tst_VectorStore::everyMetricWithFiltersAndThresholds()
{
    Table table(file());
    table.write(1, 2000, 8);
    age(file());
    const auto connection = open(file());
    const Catalog catalog = *readCatalog(*connection);
    const ResolvedProfile profile = deriveProfile(catalog);
    const VectorColumn vectors = column(*connection);
    VectorStore store(cache(), settled);
    const SimilaritySearch search(catalog, profile, store);
    for (int round = 0; round < 2; ++round) { // by reading, then by the copy
        for (const Metric metric : {Metric::Cosine, Metric::L2, Metric::InnerProduct, Metric::L1}) {
            SimilarityQuestion question;
            question.vector.assign(table.rows[33].begin(), table.rows[33].end());
            question.metric = metric;
            question.count = 12;
            question.where = u"topic = 3"_s;
            const ExactQuery query(metric, question.vector);
            const auto filtered = search.ask(*connection, vectors, question, {});
            QVERIFY2(filtered, qPrintable(filtered ? QString() : filtered.error().message));
            const auto expected = table.nearest(query, 12, 3);
            QCOMPARE(filtered->hits.size(), expected.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                QCOMPARE(filtered->hits[i].key.front().integer(), static_cast<std::int64_t>(expected[i].first));
                QVERIFY(std::abs(filtered->hits[i].distance - distanceOf(metric, expected[i].second)) < 1e-9);
                QCOMPARE(filtered->hits[i].text, u"note %1"_s.arg(expected[i].first));
            }
            question.where.clear();
            question.count = 5000;
            question.leastScore = scoreOf(metric, distanceOf(metric, table.nearest(query, 200).back().second)) - 1e-9;
            const auto above = search.ask(*connection, vectors, question, {});
            QVERIFY(above);
            QCOMPARE(above->hits.size(), std::size_t(200));
        }
    }
    SimilarityQuestion wrong;
    wrong.vector = {1, 2, 3};
    QCOMPARE(search.ask(*connection, vectors, wrong, {}).error().code, ErrorCode::InvalidInput);
    wrong.vector.assign(dimension, 0.0);
    QCOMPARE(search.ask(*connection, vectors, wrong, {}).error().code, ErrorCode::InvalidInput);
    wrong.vector.assign(dimension, 1.0);
    wrong.where = u"no_such_column = 1"_s;
    QCOMPARE(search.ask(*connection, vectors, wrong, {}).error().code, ErrorCode::Syntax);
}

/// Two readers share the range of rowids, of which most are not there and some lie close together.
void tst_VectorStore::rowidsFarApart()
{
    Table table(file());
    table.write(-2'000'000'000, 700, 21);
    table.write(1, 2500, 22);
    table.write(2'000'000'000, 50'000, 23); // more than a piece of a table has
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    for (const QString &folder : {QString(), cache()}) {
        VectorStore store(folder, settled);
        QCOMPARE(check(store, *connection, vectors, table), QString());
    }
    for (const char *rowid : {"9223372036854775807", "-9223372036854775807 - 1"})
        table.run(QByteArray("INSERT INTO notes SELECT ") + rowid + ", body, topic, v FROM notes WHERE id = 50");
    const ExactQuery query(Metric::L2, std::vector<double>(table.rows[50].begin(), table.rows[50].end()));
    VectorStore::Request request;
    request.query = &query;
    request.count = 3;
    for (const QString &folder : {QString(), cache(), cache()}) {
        VectorStore store(folder, settled);
        const auto answer = store.nearest(*connection, vectors, request, {});
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QCOMPARE(answer->vectors, table.rows.size() + 2);
        std::vector<std::int64_t> found;
        for (const VectorStore::Nearest &nearest : answer->nearest)
            found.push_back(nearest.key.front().integer());
        std::sort(found.begin(), found.end()); // they are all equally near
        QCOMPARE(found, (std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min(), 50, std::numeric_limits<std::int64_t>::max()}));
    }
}

void tst_VectorStore::bothReadersSeeOneStateWhileOthersWrite_data()
{
    QTest::addColumn<QByteArray>("journal");
    QTest::newRow("rollback journal") << QByteArray("DELETE");
    QTest::newRow("write-ahead log") << QByteArray("WAL");
}

/// Another program changes all vectors at once, to and fro.
void tst_VectorStore::bothReadersSeeOneStateWhileOthersWrite()
{
    QFETCH(QByteArray, journal);
    Table table(file(), journal.constData());
    const ExactQuery query(Metric::Cosine, std::vector<double>(dimension, 0.75));
    std::vector<std::vector<std::pair<int, double>>> states;
    for (const unsigned seed : {31U, 32U}) {
        table.write(1, 6000, seed);
        table.run("CREATE TABLE state" + QByteArray::number(static_cast<int>(seed)) + "(id INTEGER PRIMARY KEY, w BLOB)");
        table.run("INSERT INTO state" + QByteArray::number(static_cast<int>(seed)) + " SELECT id, v FROM notes");
        states.push_back(table.nearest(query, 10));
    }
    const auto connection = open(file());
    const VectorColumn vectors = column(*connection);
    std::atomic<int> changes = 0;
    std::jthread writer([&](const std::stop_token &stop) {
        for (int i = 0; !stop.stop_requested(); ++i) {
            const QByteArray state = i % 2 == 0 ? "state31" : "state32";
            changes += executeSql(file(), QString::fromLatin1("PRAGMA busy_timeout = 10000; UPDATE notes SET v = (SELECT w FROM " + state + " AS s WHERE s.id = notes.id)")).isEmpty() ? 1 : 0;
        }
    });
    VectorStore store(cache(), settled);
    VectorStore nothing{QString()};
    VectorStore::Request request;
    request.query = &query;
    QElapsedTimer sinceBegun;
    sinceBegun.start();
    for (int round = 0; round < 30 || (changes < 5 && round < 3000); ++round) {
        const auto answer = (round % 2 == 0 ? store : nothing).nearest(*connection, vectors, request, {});
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        QCOMPARE(answer->vectors, std::size_t(6000));
        const bool isOne = std::any_of(states.begin(), states.end(), [&](const auto &state) {
            return std::equal(answer->nearest.begin(), answer->nearest.end(), state.begin(), state.end(),
                              [](const auto &a, const auto &b) { return a.key.front().integer() == b.first && std::abs(a.closeness - b.second) < 1e-14; });
        });
        QVERIFY2(isOne, qPrintable(QString::number(round)));
    }
    QVERIFY(changes >= 5);
    QVERIFY2(sinceBegun.elapsed() < 20'000, qPrintable(QString::number(sinceBegun.elapsed()))); // nobody has waited for a lock until the patience ended
}

void tst_VectorStore::tablesWithoutRowid()
{
    Table table(file());
    table.write(1, 1600, 9);
    table.run("CREATE TABLE keyed(a TEXT, b INTEGER, v BLOB, PRIMARY KEY(a, b)) WITHOUT ROWID; INSERT INTO keyed SELECT 'k''' || (id % 3), id, v FROM notes");
    age(file());
    const auto connection = open(file());
    const Catalog catalog = *readCatalog(*connection);
    const ResolvedProfile profile = deriveProfile(catalog);
    const VectorColumn vectors = column(*connection, u"keyed.v"_s);
    VectorStore store(cache(), settled);
    const SimilaritySearch search(catalog, profile, store);
    for (int round = 0; round < 2; ++round) {
        SimilarityQuestion question;
        question.rows = {{Value::text(QByteArray("k'1")), Value::integer(100)}};
        const auto answer = search.ask(*connection, vectors, question, {});
        QVERIFY2(answer, qPrintable(answer ? QString() : answer.error().message));
        std::vector<double> values(table.rows[100].begin(), table.rows[100].end());
        const auto expected = table.nearest(ExactQuery(Metric::Cosine, values), 11);
        QCOMPARE(expected.front().first, 100);
        for (std::size_t i = 0; i < 10; ++i) {
            QCOMPARE(answer->hits[i].key[1].integer(), static_cast<std::int64_t>(expected[i + 1].first));
            QCOMPARE(answer->hits[i].key[0].toDisplayText(), u"k'%1"_s.arg(expected[i + 1].first % 3));
        }
    }
}

void tst_VectorStore::stopping()
{
    Table table(file());
    table.write(1, 4000, 10);
    const auto connection = open(file());
    VectorStore store(cache(), settled);
    const ExactQuery query(Metric::Cosine, std::vector<double>(dimension, 1.0));
    VectorStore::Request request;
    request.query = &query;
    std::stop_source stop;
    const auto answer = store.nearest(*connection, column(*connection), request, stop.get_token(), [&](double, std::size_t) { stop.request_stop(); });
    QVERIFY(!answer);
    QCOMPARE(answer.error().code, ErrorCode::Cancelled);
    QVERIFY(!connection->isInTransaction());
    QVERIFY(QDir(cache()).entryList(QDir::Files).isEmpty()); // no half of a copy
}

void tst_VectorStore::nearDuplicatesAreExact()
{
    Table table(file());
    table.write(1, 1200, 11);
    table.run("INSERT INTO notes SELECT id + 10000, body, topic, v FROM notes WHERE id % 100 = 1");
    const auto connection = open(file());
    const Catalog catalog = *readCatalog(*connection);
    const ResolvedProfile profile = deriveProfile(catalog);
    VectorStore store(cache(), settled);
    const auto found = findNearDuplicates(*connection, catalog, profile, store, column(*connection), 0.99999, {}, {});
    QVERIFY2(found, qPrintable(found ? QString() : found.error().message));
    QCOMPARE(found->groupCount, std::size_t(12));
    for (const NearDuplicates::Group &group : found->groups) {
        QCOMPARE(group.size, std::size_t(2));
        QCOMPARE(group.members[1].key.front().integer(), group.members[0].key.front().integer() + 10000);
        QVERIFY(group.members[1].score > 0.999999);
    }
    SimilarityQuestion some;
    some.where = u"topic = 1"_s;
    const auto fewer = findNearDuplicates(*connection, catalog, profile, store, column(*connection), 0.99999, some, {});
    QVERIFY(fewer && fewer->groupCount > 0 && fewer->groupCount < 12);
    QVERIFY(!connection->isInTransaction());
}

QTEST_GUILESS_MAIN(tst_VectorStore)
#include "tst_vectorstore.moc"
