// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QJsonObject>
#include <QString>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace turnstone {

/// The file that keeps staged edits of one database until they are saved: one JSON object a line with a number and a checksum,
/// only ever appended to, so that a crash costs at most a line that nobody was told about.
///
/// append() hands the line to the operating system at once, so it survives the death of the program; a thread of the journal
/// brings it to the disk right after (fsync), and sync() waits for that. A lock keeps two programs from writing the same file:
/// the second gets one of its own. Thread-safety: append(), sync() and restart() from any thread.
class EditJournal
{
public:
    struct Opened
    {
        std::unique_ptr<EditJournal> journal;
        /// What a program that ended without saving has left.
        std::vector<QJsonObject> entries;
        /// A sentence for the user if a part of the file could not be read; the rest is in `entries`.
        QString damage;
    };

    /// `identity` is DatabaseUrl::identity(). Makes the folder and the file. Blocks on the disk.
    [[nodiscard]] static Result<Opened> open(const QString &folder, const QString &identity);
    ~EditJournal();
    EditJournal(const EditJournal &) = delete;
    EditJournal &operator=(const EditJournal &) = delete;

    const QString &path() const { return m_path; }
    [[nodiscard]] Result<> append(const QJsonObject &entry);
    /// Waits until everything appended is on the disk. Errors: Io.
    [[nodiscard]] Result<> sync();
    /// Begins anew, empty.
    [[nodiscard]] Result<> restart();

    /// One line with its checksum, and back; for tests.
    static QByteArray lineOf(const QJsonObject &entry, quint64 number);

private:
    EditJournal(QString path, QString identity, int file);
    Result<> write(const QByteArray &bytes);
    Result<std::vector<QJsonObject>> readEntries(QString &damage);
    void syncWhenWritten(std::stop_token stop);

    const QString m_path;
    const QString m_identity;
    const int m_file;
    std::mutex m_mutex; // guards everything below
    std::condition_variable_any m_changed;
    quint64 m_written = 0; // lines
    quint64 m_synced = 0;
    bool m_failed = false;
    std::jthread m_syncer; // last: it uses the rest
};

} // namespace turnstone
