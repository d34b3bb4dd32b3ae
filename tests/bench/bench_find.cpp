// SPDX-License-Identifier: GPL-3.0-or-later
// Find anywhere beside the engine's own LIKE '%x%'.
//
//   bench_find [rows] [rounds] [FILE.db]
//
// A file of `rows` LLM calls with some 610 bytes of JSON in one column, made in the temporary folder or in FILE (kept and used
// again there). Searches taking turns: LIKE by the engine on one connection for a word that begins with a common and one that begins
// with a rare letter (for which its own loop is fastest); ours for the same, which also looks into escapes; ours for a word with é; ours by FTS5, which a second table of the same texts has.
#include "models/catalog/catalogreader.h"
#include "models/find/findrun.h"
#include "models/profiles/derivedprofile.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QTemporaryDir>

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

using namespace turnstone;
using namespace Qt::StringLiterals;

namespace {

[[noreturn]] void die(const QString &what)
{
    std::fprintf(stderr, "bench_find: %s\n", qPrintable(what));
    std::exit(1);
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

/// Of all threads of this process.
double processorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void make(const QString &path, int rows)
{
    sqlite3 *db = nullptr;
    if (sqlite3_open(path.toUtf8().constData(), &db) != SQLITE_OK)
        die(u"no file "_s + path);
    const auto run = [db](const char *sql) {
        if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            die(QString::fromUtf8(sqlite3_errmsg(db)));
    };
    run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
        "CREATE TABLE calls(id INTEGER PRIMARY KEY, model TEXT, response JSON);"
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT);"
        "CREATE VIRTUAL TABLE notes_fts USING fts5(body, content='notes', content_rowid='id');");
    sqlite3_stmt *insert = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO calls VALUES (?1, 'model-a', ?2)", -1, &insert, nullptr);
    const QByteArray words = "the player who spoke first wants us to believe that nobody else could have seen what happened at night ";
    for (int i = 1; i <= rows; ++i) {
        QByteArray json = "{\"id\": \"call-" + QByteArray::number(i) + "\", \"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": \"";
        for (int w = 0; w < 5; ++w)
            json += words.mid((i * 7 + w * 13) % 40, 60) + words.left(30 + (i + w) % 20);
        if (i % 100'000 == 77)
            json += " caf\\u00e9 at the harbour, quokka";
        json += "\"}, \"finish_reason\": \"stop\"}], \"usage\": {\"prompt_tokens\": 812, \"completion_tokens\": 64}}";
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_text(insert, 2, json.constData(), static_cast<int>(json.size()), SQLITE_STATIC);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run("INSERT INTO notes SELECT id, substr(response, 60, 300) || CASE WHEN id % 20000 = 77 THEN ' wombat' ELSE '' END FROM calls WHERE id % 4 = 1;"
        "INSERT INTO notes_fts(notes_fts) VALUES ('rebuild'); COMMIT;");
    sqlite3_close(db);
}

struct Run
{
    double seconds = 0;
    double firstHit = -1;
    int hits = 0;
};

Run like(const QString &path, const char *sql)
{
    sqlite3 *db = nullptr;
    sqlite3_open_v2(path.toUtf8().constData(), &db, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_stmt *statement = nullptr;
    QElapsedTimer timer;
    timer.start();
    sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
    Run run;
    if (sqlite3_step(statement) == SQLITE_ROW)
        run.hits = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    run.seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    sqlite3_close(db);
    return run;
}

Run find(SessionPool &pool, const std::shared_ptr<const Catalog> &catalog, const std::shared_ptr<const ResolvedProfile> &profile, const FindQuery &query)
{
    QElapsedTimer timer;
    timer.start();
    Run run;
    FindObserver observer;
    observer.found = [&](const std::vector<FindHit> &) {
        if (run.firstHit < 0)
            run.firstHit = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    };
    const Result<FindSummary> summary = startFind(pool, catalog, profile, query, observer).result();
    if (!summary)
        die(summary.error().message);
    run.hits = summary->hits;
    run.seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    return run;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    const int rows = words.value(1, u"1000000"_s).toInt();
    const int rounds = words.value(2, u"5"_s).toInt();
    const QTemporaryDir folder;
    const QString path = words.value(3, folder.filePath(u"calls.db"_s));
    if (!QFileInfo::exists(path))
        make(path, rows);
    const DatabaseUrl url = DatabaseUrl::forFile(path);
    auto connection = Connection::open(url);
    if (!connection)
        die(connection.error().message);
    const auto catalog = std::make_shared<const Catalog>(readCatalog(**connection).value());
    const auto profile = std::make_shared<const ResolvedProfile>(deriveProfile(*catalog));
    SessionPool pool(url);
    const auto of = [](const QString &text, const QString &table, bool indexes = false) {
        FindQuery query;
        query.words.text = text;
        query.table = table;
        query.usesIndexes = indexes;
        return query;
    };
    struct Candidate
    {
        const char *name;
        std::function<Run()> run;
        std::vector<double> seconds;
        std::vector<double> processor;
        Run last;
    };
    std::vector<Candidate> candidates{
        {"engine: response LIKE '%harbour%'", [&] { return like(path, "SELECT count(*) FROM calls WHERE response LIKE '%harbour%'"); }, {}, {}, {}},
        {"find harbour in calls", [&] { return find(pool, catalog, profile, of(u"harbour"_s, u"calls"_s)); }, {}, {}, {}},
        {"engine: response LIKE '%quokka%' (rare letter)", [&] { return like(path, "SELECT count(*) FROM calls WHERE response LIKE '%quokka%'"); }, {}, {}, {}},
        {"find quokka in calls", [&] { return find(pool, catalog, profile, of(u"quokka"_s, u"calls"_s)); }, {}, {}, {}},
        {"find CAFÉ in calls (stored as \\u00e9)", [&] { return find(pool, catalog, profile, of(u"CAFÉ"_s, u"calls"_s)); }, {}, {}, {}},
        {"find wombat by FTS5", [&] { return find(pool, catalog, profile, of(u"wombat"_s, u"notes"_s, true)); }, {}, {}, {}},
    };
    for (int round = 0; round <= rounds; ++round) {
        for (Candidate &candidate : candidates) {
            const double before = processorSeconds();
            candidate.last = candidate.run();
            if (round == 0)
                continue; // warms the file
            candidate.seconds.push_back(candidate.last.seconds);
            candidate.processor.push_back(processorSeconds() - before);
        }
    }
    std::printf("%d rows, %.0f MB, median of %d\n", rows, static_cast<double>(QFileInfo(path).size()) / 1e6, rounds);
    const double engine = median(candidates.front().seconds);
    for (const Candidate &candidate : candidates) {
        const double seconds = median(candidate.seconds);
        std::printf("  %-47s %8.1f ms  %5.2f x as fast, %6.1f ms of processors  %d hits", candidate.name, seconds * 1e3, engine / seconds, median(candidate.processor) * 1e3,
                    candidate.last.hits);
        if (candidate.last.firstHit >= 0)
            std::printf(", the first after %.1f ms", candidate.last.firstHit * 1e3);
        std::printf("\n");
    }
    return 0;
}
