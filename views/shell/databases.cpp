// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/databases.h"

#include "models/connections/secretstore.h"
#include "models/core/async.h"
#include "views/shell/demodatabase.h"
#include "views/shell/taskbar.h"

#include <QDir>
#include <QFileInfo>
#include <QThreadPool>
#include <QTimer>
#include <QtConcurrent>

#include <algorithm>
#include <utility>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int givenUpMs = 200;

/// The pool reads on read-only sessions in any case; its writer is opened by the first save.
ConnectionOptions editable()
{
    ConnectionOptions options;
    options.readOnly = false;
    return options;
}

} // namespace

Databases::Databases(ProfilesFuture profiles, QThreadPool &workers, SecretStore &secrets, TaskBar &tasks, QObject *parent)
    : QObject(parent), m_profiles(std::move(profiles)), m_workers(workers), m_secrets(secrets), m_tasks(tasks)
{
}

Databases::~Databases()
{
    m_stop.request_stop();
    for (const auto &database : m_databases) {
        database->counter.reset();
        database->recounter.reset();
        database->watcher.reset();
        database->lockWatcher.reset();
    }
}

OpenDatabase *Databases::database(int id) const
{
    const auto it = std::ranges::find(m_databases, id, [](const auto &each) { return each->id; });
    return it == m_databases.end() ? nullptr : it->get();
}

int Databases::open(const DatabaseUrl &url, const ConnectionOptions &options, const PoolOptions &pool, const QString &view)
{
    const int id = m_nextId++;
    ++m_opening;
    if (url.engine() == Engine::Sqlite || !url.password().isEmpty()) {
        connectTo(id, url, options, pool, view);
        return id;
    }
    onResult(m_secrets.read(secretKey(url)), this, [this, id, url, options, pool, view](const SecretAnswer &answer) {
        DatabaseUrl complete = url;
        if (answer.secret)
            complete.setPassword(*answer.secret);
        connectTo(id, complete, options, pool, view);
    });
    return id;
}

void Databases::connectTo(int id, const DatabaseUrl &url, const ConnectionOptions &asked, const PoolOptions &pool, const QString &view)
{
    ConnectionOptions options = asked;
    const bool saysSo = url.parameter(u"mode"_s) == u"ro" || url.parameter(u"immutable"_s) == u"1";
    options.readOnly = options.readOnly || m_forbidsChanges || saysSo;
    auto opening = std::make_shared<std::unique_ptr<OpenDatabase>>(std::make_unique<OpenDatabase>());
    (*opening)->id = id;
    (*opening)->pool = std::make_unique<SessionPool>(url, options, pool);
    (*opening)->isAskedReadOnly = asked.readOnly;
    (*opening)->lockWatcher = std::make_unique<LockWatcher>(*(*opening)->pool, options);
    LockWatcher &locks = *(*opening)->lockWatcher;
    const QString name = url.engine() == Engine::Sqlite ? QFileInfo(url.filePath()).fileName() : url.parameter(u"dbname"_s);
    connect(&locks, &LockWatcher::waiting, this, [this, id, name](const QString &sentence) { emit waiting(id, name, sentence); });
    connect(&locks, &LockWatcher::released, this, [this, id] { emit released(id); });
    locks.start();
    auto stop = std::make_shared<std::stop_source>();
    // With the receiver goes the database that is being opened.
    auto *receiver = new QObject(this);
    const auto task = std::make_shared<int>(-1);
    const auto end = [this, receiver, task] {
        --m_opening;
        m_tasks.end(*task);
        receiver->deleteLater();
    };
    *task = m_tasks.begin(tr("Opening %1").arg(url.displayText()), [this, stop, receiver, end, id, url] {
        stop->request_stop();
        // A server that does not answer is not waited for.
        QTimer::singleShot(givenUpMs, receiver, [this, end, id, url] {
            end();
            emit failed(id, url, {ErrorCode::Cancelled, tr("Opening was stopped."), {}, -1});
        });
    });
    onResult(readFacts(*(*opening)->pool, m_profiles, stop->get_token()), receiver, [this, opening, end, url, options, view](Result<DatabaseFacts> facts) {
        end();
        if (!facts) {
            if ((*opening)->lockWatcher->isWaiting())
                emit released((*opening)->id); // the error says it now
            emit failed((*opening)->id, url, facts.error());
            return;
        }
        (*opening)->facts = std::move(*facts);
        accept(std::move(*opening), view, options);
    });
}

void Databases::accept(std::unique_ptr<OpenDatabase> opened, const QString &view, const ConnectionOptions &options)
{
    OpenDatabase &added = *m_databases.emplace_back(std::move(opened));
    const int id = added.id;
    added.edits = std::make_unique<EditSession>(*added.pool, added.facts.catalog, added.facts.profile);
    added.watcher = std::make_unique<ChangeWatcher>(added.pool->url(), options);
    connect(added.watcher.get(), &ChangeWatcher::dataChanged, this, [this, id] { emit dataChanged(id); });
    connect(added.watcher.get(), &ChangeWatcher::schemaChanged, this, [this, id] { emit schemaChanged(id); });
    emit this->opened(id, view);
    // Rows first: counting and watching begin once the window is drawn.
    QMetaObject::invokeMethod(
        this,
        [this, id] {
            if (OpenDatabase *of = database(id)) {
                count(*of);
                of->watcher->start(of->facts.schemaVersion);
            }
        },
        Qt::QueuedConnection);
}

void Databases::count(OpenDatabase &of)
{
    of.recounter.reset();
    of.counter = std::make_unique<TableCounter>(*of.pool, *of.facts.catalog);
    const int id = of.id;
    const int task = m_tasks.begin(tr("Counting rows"), [this, id] {
        if (OpenDatabase *counted = database(id); counted != nullptr && counted->counter)
            counted->counter->stop();
    });
    m_counting.insert(id);
    connect(of.counter.get(), &TableCounter::counted, this, [this, id](int table, qint64 rows, bool exact) { emit counted(id, table, rows, exact); });
    // Also when the database is closed meanwhile.
    connect(of.counter.get(), &QObject::destroyed, &m_tasks, [&tasks = m_tasks, task] { tasks.end(task); });
    connect(of.counter.get(), &TableCounter::finished, this, [this, task, id] {
        m_counting.erase(id);
        m_tasks.end(task);
        // Whoever stopped it does not want it again.
        if (OpenDatabase *counted = database(id); counted != nullptr && !counted->counter->isStopped())
            startRecounting(*counted);
        emit countingEnded();
    });
    of.counter->start();
}

void Databases::startRecounting(OpenDatabase &of)
{
    of.recounter = std::make_unique<Recounter>(*of.pool, of.facts.catalog);
    connect(of.recounter.get(), &Recounter::counted, this, [this, id = of.id](int table, qint64 rows, bool exact) { emit counted(id, table, rows, exact); });
    connect(of.recounter.get(), &Recounter::finished, this, [this, id = of.id] { emit recounted(id); });
    if (std::exchange(of.isRecountDue, false))
        of.recounter->countAll();
}

void Databases::noteChange(int id)
{
    OpenDatabase *of = database(id);
    if (of == nullptr)
        return;
    if (of->recounter)
        of->recounter->noteChange();
    else
        of->isRecountDue = true;
}

void Databases::recount(int id)
{
    OpenDatabase *of = database(id);
    if (of == nullptr)
        return;
    if (of->recounter)
        of->recounter->countAll();
    else
        of->isRecountDue = true;
}

void Databases::openDemo(const QString &system, const QString &folder)
{
    auto stop = std::make_shared<std::stop_source>();
    const QString path = QDir(folder).filePath(system + u".db"_s);
    const int task = m_tasks.begin(tr("Writing the sample %1").arg(system), [stop] { stop->request_stop(); });
    const auto make = [profiles = m_profiles, system, path, stop, stopAll = m_stop.get_token(), receiver = &m_tasks, task]() -> Result<> {
        const std::stop_callback ended(stopAll, [stop] { stop->request_stop(); });
        const std::shared_ptr<const Profile> profile = profiles.result()->profile(system);
        if (!profile)
            return failure(ErrorCode::NotFound, tr("There is no system %1.").arg(system));
        return makeDemoDatabase(*profile, path, stop->get_token(), [receiver, task](std::int64_t done, std::int64_t expected) {
            QMetaObject::invokeMethod(receiver, [receiver, task, done, expected] { receiver->setProgress(task, done, expected); }, Qt::QueuedConnection);
        });
    };
    ++m_opening;
    onResult(QtConcurrent::run(&m_workers, make), this, [this, path, task](const Result<> &made) {
        --m_opening;
        m_tasks.end(task);
        if (made)
            open(DatabaseUrl::forFile(path), editable(), {});
        else if (made.error().code != ErrorCode::Cancelled)
            emit failed(0, DatabaseUrl::forFile(path), made.error());
    });
}

void Databases::reread(int id)
{
    OpenDatabase *of = database(id);
    if (of == nullptr)
        return;
    onResult(readFacts(*of->pool, m_profiles, m_stop.get_token()), this, [this, id](Result<DatabaseFacts> facts) {
        OpenDatabase *found = database(id);
        if (found == nullptr)
            return;
        if (!facts) {
            emit failed(id, found->pool->url(), facts.error());
            return;
        }
        found->facts = std::move(*facts);
        found->edits->setFacts(found->facts.catalog, found->facts.profile);
        emit rereadDone(id);
        count(*found);
    });
}

void Databases::close(int id)
{
    const auto it = std::ranges::find(m_databases, id, [](const auto &each) { return each->id; });
    if (it == m_databases.end())
        return;
    if ((*it)->counter)
        (*it)->counter->stop();
    m_counting.erase(id);
    m_databases.erase(it);
}

} // namespace turnstone
