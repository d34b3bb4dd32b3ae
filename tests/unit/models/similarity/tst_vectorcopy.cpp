// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/vectorcopy.h"

#include "models/similarity/codekernels.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <map>
#include <random>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace turnstone;
using namespace turnstone::similarity;

namespace {

constexpr std::size_t dimension = 70;
const QByteArray identity = "a database\na table\na column";

/// What the column holds: a key, and a number from which the vector follows.
using Column = std::map<std::int64_t, unsigned>;

std::vector<float> vectorOf(unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(dimension);
    for (float &value : values)
        value = normal(random);
    return values;
}

struct Coded
{
    std::vector<std::uint8_t> high = std::vector<std::uint8_t>(strideOf(dimension) / 2);
    std::vector<std::uint8_t> low = std::vector<std::uint8_t>(strideOf(dimension) / 2);
    QuantisedRow row;

    CodePlanes planes() const { return {high.data(), low.data()}; }
};

Coded codedOf(unsigned seed)
{
    Coded coded;
    coded.row = kernels::quantise(vectorOf(seed).data(), dimension, strideOf(dimension), coded.high.data(), coded.low.data());
    return coded;
}

Result<std::shared_ptr<const VectorCopy>> update(const QString &folder, const Column &column, const QByteArray &stamp, bool textKeys = false, std::size_t *added = nullptr)
{
    CopyUpdate work(folder, identity, VectorCopy::open(folder, identity), dimension, textKeys);
    CopyUpdate::Cursor cursor;
    for (const auto &[key, seed] : column) {
        const std::string text = "key " + std::to_string(key);
        if (work.isKnown(key, text, seed, cursor))
            continue;
        const Coded coded = codedOf(seed);
        const QuantisedRow &row = coded.row;
        if (const Result<> done = work.add({key, seed, row.norm, row.scale, row.error, row.coarseError}, text, coded.planes()); !done)
            return failure(done);
    }
    if (added)
        *added = work.added();
    return work.finish({}, stamp);
}

/// Whether the copy holds this column and nothing else.
QString difference(const VectorCopy &copy, const Column &column)
{
    Column found;
    std::size_t first = 0;
    for (const CodesView &view : copy.views()) {
        for (std::size_t i = 0; i < view.count; ++i) {
            if (!view.isLive(i))
                continue;
            const std::size_t row = first + i;
            const std::string_view text = copy.info().hasTextKeys ? copy.keyText(row) : std::string_view();
            const std::int64_t key = copy.info().hasTextKeys ? std::stoll(std::string(text.substr(4))) : view.rows[i].key;
            if (!found.emplace(key, static_cast<unsigned>(view.rows[i].hash)).second)
                return QStringLiteral("key %1 twice").arg(key);
            const Coded coded = codedOf(static_cast<unsigned>(view.rows[i].hash));
            const CodePlanes planes = copy.planes(row);
            if (!std::equal(coded.high.begin(), coded.high.end(), planes.high) || !std::equal(coded.low.begin(), coded.low.end(), planes.low)
                || coded.row.coarseError != view.rows[i].coarseError)
                return QStringLiteral("codes of key %1").arg(key);
        }
        first += view.count;
    }
    if (found.size() != copy.liveCount())
        return QStringLiteral("count");
    return found == column ? QString() : QStringLiteral("%1 rows of %2").arg(found.size()).arg(column.size());
}

} // namespace

class tst_VectorCopy : public QObject
{
    Q_OBJECT

private slots:
    /// Of the test library's own handlers this one is in the way: it draws stacks for many seconds.
    void initTestCase() { std::signal(SIGBUS, SIG_DFL); }
    void updatesLeaveWhatANewCopyWouldHold_data();
    void updatesLeaveWhatANewCopyWouldHold();
    void anUnchangedColumnCostsNothing();
    void everyDamagedByteIsNoticed();
    void aCutFileIsNoticed();
    void aKilledBuildLeavesNothingThatCounts();
    void whatIsMappedOutlivesItsReplacement();
    void whatIsCutOrOverwrittenWhileMappedIsNoticed();
    void moreCopiesThanAreWatchedAreReadIntoMemory();
    void otherBusErrorsStillEndTheProgram();
    void aFolderThatCannotBeWrittenIsAnError();
};

void tst_VectorCopy::updatesLeaveWhatANewCopyWouldHold_data()
{
    QTest::addColumn<bool>("textKeys");
    QTest::newRow("numbers") << false;
    QTest::newRow("texts") << true;
}

void tst_VectorCopy::updatesLeaveWhatANewCopyWouldHold()
{
    QFETCH(bool, textKeys);
    QTemporaryDir folder;
    std::mt19937 random(9);
    Column column;
    for (int i = 0; i < 400; ++i)
        column[static_cast<std::int64_t>(random() % 5000) - 1000] = random();
    for (int round = 0; round < 60; ++round) {
        const auto copy = update(folder.path(), column, QByteArray::number(round), textKeys);
        QVERIFY2(copy, qPrintable(copy ? QString() : copy.error().detail));
        QCOMPARE(difference(**copy, column), QString());
        const auto again = VectorCopy::open(folder.path(), identity);
        QVERIFY(again);
        QCOMPARE(difference(*again, column), QString());
        QCOMPARE(again->info().stamp, QByteArray::number(round));
        const unsigned changes = round % 9 == 8 ? 300 : random() % 20;
        for (unsigned i = 0; i < changes && !column.empty(); ++i) {
            auto some = std::next(column.begin(), static_cast<std::ptrdiff_t>(random() % column.size()));
            switch (random() % 3) {
            case 0: column.erase(some); break;
            case 1: some->second = random(); break;
            case 2: column[static_cast<std::int64_t>(random() % 5000) - 1000] = random(); break;
            }
        }
    }
    column.clear();
    const auto empty = update(folder.path(), column, "empty", textKeys);
    QVERIFY(empty);
    QCOMPARE((*empty)->liveCount(), std::size_t(0));
}

void tst_VectorCopy::anUnchangedColumnCostsNothing()
{
    QTemporaryDir folder;
    Column column;
    for (int i = 0; i < 1000; ++i)
        column[i] = static_cast<unsigned>(i);
    QVERIFY(update(folder.path(), column, "one"));
    std::size_t added = 99;
    QVERIFY(update(folder.path(), column, "two", false, &added));
    QCOMPARE(added, std::size_t(0));
    QVERIFY(QFile(VectorCopy::deltaPath(folder.path(), identity)).size() < 6000);
    QCOMPARE(VectorCopy::open(folder.path(), identity)->info().stamp, QByteArray("two"));
}

void tst_VectorCopy::everyDamagedByteIsNoticed()
{
    QTemporaryDir folder;
    Column column;
    for (int i = 0; i < 60; ++i)
        column[i] = static_cast<unsigned>(i);
    QVERIFY(update(folder.path(), column, "one"));
    column[3] = 77;
    column.erase(5);
    QVERIFY(update(folder.path(), column, "two"));
    for (const QString &path : {VectorCopy::basePath(folder.path(), identity), VectorCopy::deltaPath(folder.path(), identity)}) {
        const bool isBase = path.endsWith(QLatin1String(".base"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        file.close();
        QFile delta(VectorCopy::deltaPath(folder.path(), identity));
        QVERIFY(delta.open(QIODevice::ReadOnly));
        const QByteArray goodDelta = delta.readAll();
        delta.close();
        for (qsizetype at = 0; at < good.size(); at += at < 200 ? 1 : 41) {
            QByteArray bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 0x20);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(bad);
            file.close();
            const auto copy = VectorCopy::open(folder.path(), identity);
            // The rest of the header's page means nothing. A damaged delta leaves the base, which knows an older state.
            if (copy && copy->info().stamp == "two")
                QVERIFY2(difference(*copy, column).isEmpty(), qPrintable(QString::number(at)));
            else
                QVERIFY(!copy || (!isBase && copy->info().stamp == "one"));
            // What was removed comes back for the next byte.
            for (const auto &[name, bytes] : {std::pair(path, good), std::pair(VectorCopy::deltaPath(folder.path(), identity), goodDelta)}) {
                QFile again(name);
                QVERIFY(again.open(QIODevice::WriteOnly));
                again.write(bytes);
            }
        }
    }
}

void tst_VectorCopy::aCutFileIsNoticed()
{
    QTemporaryDir folder;
    Column column;
    for (int i = 0; i < 500; ++i)
        column[i] = static_cast<unsigned>(i);
    const QString path = VectorCopy::basePath(folder.path(), identity);
    for (const qint64 size : {0, 1, 4095, 4096, 5000, 30'000}) {
        QVERIFY(update(folder.path(), column, "one"));
        QVERIFY(QFile::resize(path, size));
        QVERIFY(!VectorCopy::open(folder.path(), identity));
        QVERIFY(!QFile::exists(path));
    }
}

/// A child builds over and over and is killed at some moment of it.
void tst_VectorCopy::aKilledBuildLeavesNothingThatCounts()
{
    QTemporaryDir folder;
    for (int round = 0; round < 25; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            std::mt19937 random(static_cast<unsigned>(round));
            for (unsigned generation = 0;; ++generation) {
                Column column;
                for (std::int64_t i = 0; i < 300; ++i)
                    column[i] = generation * 1000 + static_cast<unsigned>(random() % 5 == 0 ? i : 0);
                (void)update(folder.path(), column, QByteArray::number(generation));
            }
        }
        ::usleep(3'000 + static_cast<unsigned>(round) * 1'700);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        Column now;
        for (std::int64_t i = 0; i < 300; ++i)
            now[i] = static_cast<unsigned>(1'000'000 + round * 1000 + i);
        const auto copy = update(folder.path(), now, "now");
        QVERIFY(copy);
        QCOMPARE(difference(**copy, now), QString());
        QCOMPARE(difference(*VectorCopy::open(folder.path(), identity), now), QString());
    }
}

void tst_VectorCopy::whatIsMappedOutlivesItsReplacement()
{
    QTemporaryDir folder;
    Column column{{1, 10}, {2, 20}, {3, 30}};
    const auto first = update(folder.path(), column, "one");
    QVERIFY(first);
    Column other{{1, 11}, {2, 21}, {7, 71}};
    QVERIFY(update(folder.path(), other, "two"));
    VectorCopy::remove(folder.path(), identity);
    QCOMPARE(difference(**first, column), QString());
}

/// Everything that the copy says is read, whatever it is.
void readAll(const VectorCopy &copy)
{
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < copy.rowCount(); ++row) {
        sum += copy.row(row).key + static_cast<std::int64_t>(copy.keyText(row).size());
        for (std::size_t i = 0; i < strideOf(dimension) / 2; ++i)
            sum += copy.planes(row).high[i] + copy.planes(row).low[i];
    }
    QVERIFY(sum != 1);
}

void tst_VectorCopy::whatIsCutOrOverwrittenWhileMappedIsNoticed()
{
    Column column;
    for (int i = 0; i < 4000; ++i)
        column[i] = static_cast<unsigned>(i);
    for (const bool textKeys : {false, true}) {
        for (const qint64 size : {qint64(0), qint64(4096), qint64(100'000), qint64(-1), qint64(-2)}) {
            QTemporaryDir folder;
            const auto made = update(folder.path(), column, "one", textKeys);
            QVERIFY(made);
            const std::shared_ptr<const VectorCopy> copy = VectorCopy::open(folder.path(), identity);
            QVERIFY(copy && copy->isIntact());
            const QString path = VectorCopy::basePath(folder.path(), identity);
            QTest::qSleep(20); // file systems keep times by the tick
            QFile file(path);
            if (size >= 0) {
                QVERIFY(QFile::resize(path, size));
            } else { // as long as before, but other bytes, at the beginning or at the end
                QVERIFY(file.open(QIODevice::ReadWrite));
                QVERIFY(file.seek(size == -1 ? 0 : file.size() - 10));
                file.write("damage");
                file.close();
            }
            readAll(*copy);
            QVERIFY(!copy->isIntact());
            // Such a copy is no base for the next one, whichever way it would be written.
            for (const int fewer : {0, 10, 3900}) {
                CopyUpdate work(folder.path(), identity, copy, dimension, textKeys);
                CopyUpdate::Cursor cursor;
                int offered = 0;
                for (const auto &[key, seed] : column) {
                    if (offered++ >= fewer)
                        (void)work.isKnown(key, "key " + std::to_string(key), seed, cursor);
                }
                const auto next = work.finish({}, "two");
                QVERIFY(!next);
                QCOMPARE(next.error().code, ErrorCode::Corrupt);
            }
            QVERIFY(!VectorCopy::open(folder.path(), identity));
            const auto again = update(folder.path(), column, "three", textKeys);
            QVERIFY(again && (*again)->isIntact());
            QCOMPARE(difference(**again, column), QString());
        }
    }
}

void tst_VectorCopy::moreCopiesThanAreWatchedAreReadIntoMemory()
{
    QTemporaryDir folder;
    const Column column{{1, 10}, {2, 20}, {3, 30}};
    QVERIFY(update(folder.path(), column, "one"));
    std::vector<std::shared_ptr<const VectorCopy>> copies;
    for (int i = 0; i < 100; ++i)
        copies.push_back(VectorCopy::open(folder.path(), identity));
    QTest::qSleep(20);
    QVERIFY(QFile::resize(VectorCopy::basePath(folder.path(), identity), 100));
    int intact = 0;
    for (const auto &copy : copies) {
        QVERIFY(copy);
        readAll(*copy);
        if (copy->isIntact()) { // in memory of its own
            ++intact;
            QCOMPARE(difference(*copy, column), QString());
        }
    }
    QVERIFY(intact > 0 && intact < 100);
}

void tst_VectorCopy::otherBusErrorsStillEndTheProgram()
{
    QTemporaryDir folder;
    QVERIFY(update(folder.path(), {{1, 10}}, "one")); // the handler is there
    QFile file(folder.filePath(QStringLiteral("other")));
    QVERIFY(file.open(QIODevice::ReadWrite) && file.resize(100'000));
    uchar *mapped = file.map(0, 100'000);
    QVERIFY(mapped);
    QVERIFY(file.resize(0));
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(20); // an instruction that is repeated for ever
        ::_exit(static_cast<volatile uchar *>(mapped)[50'000]);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
#ifdef __SANITIZE_ADDRESS__
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        return; // the sanitizer's handler was there before ours, and reports it
#endif
    QVERIFY(WIFSIGNALED(status));
    QCOMPARE(WTERMSIG(status), SIGBUS);
}

void tst_VectorCopy::aFolderThatCannotBeWrittenIsAnError()
{
    const auto copy = update(QStringLiteral("/proc/nowhere"), {{1, 1}}, "one");
    QVERIFY(!copy);
    QCOMPARE(copy.error().code, ErrorCode::Io);
}

QTEST_APPLESS_MAIN(tst_VectorCopy)
#include "tst_vectorcopy.moc"
