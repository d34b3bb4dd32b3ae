// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/query/drafts.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QThreadPool>
#include <QUuid>

#include <condition_variable>
#include <optional>

namespace turnstone {

using namespace Qt::StringLiterals;

/// What the pool has still to write. Shared with the running task.
struct Drafts::Work
{
    std::mutex mutex; // guards the rest
    std::condition_variable rested;
    std::map<QString, QByteArray> files; ///< path → content; empty: remove it
    QByteArray historyLines;
    QString historyPath;
    bool isRunning = false;

    void run();
};

namespace {

const QString suffix = u".draft"_s;

QByteArray toJson(const HistoryEntry &entry)
{
    QJsonObject object{{u"at"_s, entry.at}, {u"database"_s, entry.database}, {u"sql"_s, entry.sql}, {u"ms"_s, entry.ms}, {u"rows"_s, entry.rows}};
    if (!entry.error.isEmpty())
        object[u"error"_s] = entry.error;
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<Draft> readDraft(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    return Draft{QFileInfo(path).completeBaseName(), object[u"database"_s].toString(), object[u"text"_s].toString(), object[u"cursor"_s].toInt()};
}

/// Appends, and drops the older half once the file holds twice as much as is wanted.
void appendHistory(const QString &path, const QByteArray &lines)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite | QIODevice::Append))
        return;
    file.write(lines);
    file.seek(0);
    const QByteArray all = file.readAll();
    file.close();
    if (all.count('\n') <= 2 * Drafts::mostEntries)
        return;
    QList<QByteArray> kept = all.split('\n');
    kept = kept.mid(kept.size() - Drafts::mostEntries - 1);
    QSaveFile shorter(path);
    if (shorter.open(QIODevice::WriteOnly) && shorter.write(kept.join('\n')) >= 0)
        shorter.commit();
}

} // namespace

void Drafts::Work::run()
{
    for (;;) {
        std::map<QString, QByteArray> todo;
        QByteArray lines;
        {
            const std::lock_guard lock(mutex);
            todo.swap(files);
            lines.swap(historyLines);
            if (todo.empty() && lines.isEmpty()) {
                isRunning = false;
                rested.notify_all();
                return;
            }
        }
        for (const auto &[path, content] : todo) {
            if (content.isEmpty()) {
                QFile::remove(path);
                continue;
            }
            QSaveFile file(path); // whole or not at all, also when the program is killed meanwhile
            if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size())
                file.commit();
        }
        if (!lines.isEmpty())
            appendHistory(historyPath, lines);
    }
}

Drafts::Drafts(QString folder, QThreadPool &workers) : m_folder(std::move(folder)), m_workers(workers), m_work(std::make_shared<Work>())
{
    m_work->historyPath = m_folder + u"/history.jsonl"_s;
    QDir().mkpath(m_folder);
    // Statements may hold what is nobody else's business.
    QFile::setPermissions(m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

Drafts::~Drafts()
{
    std::unique_lock lock(m_work->mutex);
    m_work->rested.wait(lock, [this] { return !m_work->isRunning; });
}

QString Drafts::path(const QString &id) const
{
    return m_folder + u'/' + id + suffix;
}

bool Drafts::lock(const QString &id)
{
    if (m_locks.contains(id))
        return false; // another editor of this program
    auto file = std::make_unique<QLockFile>(path(id) + u".lock"_s);
    file->setStaleLockTime(0); // stale only if its program is gone
    if (!file->tryLock(0))
        return false;
    m_locks[id] = std::move(file);
    return true;
}

Draft Drafts::take(const QString &database, const QString &id, Orphans orphans)
{
    if (!id.isEmpty() && lock(id)) {
        if (std::optional<Draft> draft = readDraft(path(id)))
            return *draft;
        return {id, database, {}, 0};
    }
    const QStringList names = orphans == Orphans::Adopt ? QDir(m_folder).entryList({u"*"_s + suffix}, QDir::Files, QDir::Time) : QStringList();
    for (const QString &name : names) {
        const QString other = QFileInfo(name).completeBaseName();
        const std::optional<Draft> draft = readDraft(path(other));
        if (draft && draft->database == database && !draft->text.trimmed().isEmpty() && lock(other))
            return *draft;
    }
    const QString fresh = QUuid::createUuid().toString(QUuid::Id128);
    (void)lock(fresh);
    return {fresh, database, {}, 0};
}

void Drafts::write(const Draft &draft)
{
    const QJsonObject object{{u"database"_s, draft.database}, {u"text"_s, draft.text}, {u"cursor"_s, draft.cursor}};
    {
        const std::lock_guard guard(m_work->mutex);
        m_work->files[path(draft.id)] = QJsonDocument(object).toJson(QJsonDocument::Compact);
    }
    schedule();
}

void Drafts::close(const Draft &draft)
{
    if (!draft.text.trimmed().isEmpty())
        remember({{}, draft.database, draft.text, -1, 0, {}});
    {
        const std::lock_guard guard(m_work->mutex);
        m_work->files[path(draft.id)] = {};
    }
    m_locks.erase(draft.id);
    schedule();
}

void Drafts::remember(const HistoryEntry &entry)
{
    HistoryEntry dated = entry;
    if (dated.at.isEmpty())
        dated.at = QDateTime::currentDateTimeUtc().toString(Qt::ISODate);
    {
        const std::lock_guard guard(m_work->mutex);
        m_work->historyLines += toJson(dated);
    }
    schedule();
}

void Drafts::schedule()
{
    const std::lock_guard guard(m_work->mutex);
    if (std::exchange(m_work->isRunning, true))
        return;
    m_workers.start([work = m_work] { work->run(); });
}

std::vector<HistoryEntry> Drafts::history() const
{
    QFile file(m_work->historyPath);
    std::vector<HistoryEntry> entries;
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (auto line = lines.crbegin(); line != lines.crend() && entries.size() < static_cast<std::size_t>(mostEntries); ++line) {
        const QJsonObject object = QJsonDocument::fromJson(*line).object();
        if (!object.isEmpty()) {
            entries.push_back({object[u"at"_s].toString(), object[u"database"_s].toString(), object[u"sql"_s].toString(), object[u"ms"_s].toInteger(-1), object[u"rows"_s].toInteger(),
                               object[u"error"_s].toString()});
        }
    }
    return entries;
}

} // namespace turnstone
