// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editjournal.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct EditJournalText
{
    Q_DECLARE_TR_FUNCTIONS(EditJournal)
};

constexpr int mostFiles = 16; // programs that have the same database open
constexpr int checksumDigits = 16;
const QByteArray formatName = "turnstone-journal/1";

tl::unexpected<Error> ioFailure(const QString &path)
{
    return failure(ErrorCode::Io, EditJournalText::tr("Unsaved edits cannot be kept in %1.").arg(path), QString::fromLocal8Bit(std::strerror(errno)));
}

QByteArray checksum(QByteArrayView text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(checksumDigits);
}

QString fileName(const QString &identity, int number)
{
    const QByteArray hash = QCryptographicHash::hash(identity.toUtf8(), QCryptographicHash::Sha256).toHex().left(24);
    return QString::fromLatin1(hash) + (number == 0 ? QString() : u'-' + QString::number(number + 1)) + u".journal"_s;
}

} // namespace

EditJournal::EditJournal(QString path, QString identity, int file) : m_path(std::move(path)), m_identity(std::move(identity)), m_file(file)
{
    m_syncer = std::jthread([this](std::stop_token stop) { syncWhenWritten(std::move(stop)); });
}

EditJournal::~EditJournal()
{
    m_syncer.request_stop();
    m_syncer.join();
    ::close(m_file);
}

Result<EditJournal::Opened> EditJournal::open(const QString &folder, const QString &identity)
{
    if (!QDir().mkpath(folder))
        return failure(ErrorCode::Io, EditJournalText::tr("The folder %1 for unsaved edits cannot be made.").arg(folder));
    int chosen = -1;
    QString chosenPath;
    for (int number = 0; number < mostFiles; ++number) {
        const QString path = folder + u'/' + fileName(identity, number);
        const int file = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (file < 0)
            return ioFailure(path);
        if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
            ::close(file);
            continue;
        }
        struct stat facts = {};
        const bool hasContent = ::fstat(file, &facts) == 0 && facts.st_size > 0;
        if (chosen < 0 || hasContent) {
            if (chosen >= 0)
                ::close(chosen);
            chosen = file;
            chosenPath = path;
        } else {
            ::close(file);
        }
        // What another program has left comes first; beyond the first file that nobody made there is nothing.
        if (hasContent || !QFile::exists(folder + u'/' + fileName(identity, number + 1)))
            break;
    }
    if (chosen < 0)
        return failure(ErrorCode::Busy, EditJournalText::tr("Too many windows have this database open; its edits cannot be kept."));
    Opened opened;
    opened.journal.reset(new EditJournal(chosenPath, identity, chosen));
    Result<std::vector<QJsonObject>> entries = opened.journal->readEntries(opened.damage);
    if (!entries)
        return failure(entries);
    opened.entries = std::move(*entries);
    return opened;
}

QByteArray EditJournal::lineOf(const QJsonObject &entry, quint64 number)
{
    const QByteArray body = QByteArray::number(number) + ' ' + QJsonDocument(entry).toJson(QJsonDocument::Compact);
    return checksum(body) + ' ' + body + '\n';
}

Result<std::vector<QJsonObject>> EditJournal::readEntries(QString &damage)
{
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        return ioFailure(m_path);
    std::vector<QJsonObject> entries;
    qint64 good = 0;
    bool isFirst = true;
    quint64 number = 0;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        const QByteArray body = line.mid(checksumDigits + 1).chopped(line.endsWith('\n') ? 1 : 0);
        const qsizetype space = body.indexOf(' ');
        const QJsonDocument json = QJsonDocument::fromJson(body.mid(space + 1));
        const bool isGood = line.endsWith('\n') && line.size() > checksumDigits && line.left(checksumDigits) == checksum(body) && json.isObject()
                            && body.left(space).toULongLong() == number;
        if (!isGood) {
            // The last line may be torn: whoever wrote it was not told that it is kept.
            if (line.endsWith('\n') || !file.atEnd())
                damage = EditJournalText::tr("A part of the unsaved edits in %1 is damaged and was left out.").arg(m_path);
            break;
        }
        ++number;
        good += line.size();
        if (std::exchange(isFirst, false)) {
            if (json.object().value(u"format"_s).toString().toUtf8() != formatName)
                return failure(ErrorCode::Unsupported, EditJournalText::tr("The unsaved edits in %1 are of another version of Turnstone.").arg(m_path));
            continue;
        }
        entries.push_back(json.object());
    }
    if (!damage.isEmpty())
        (void)file.copy(m_path + u".damaged"_s);
    const std::lock_guard lock(m_mutex);
    if (::ftruncate(m_file, good) != 0)
        return ioFailure(m_path);
    m_written = m_synced = number;
    return entries;
}

Result<> EditJournal::write(const QByteArray &bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t written = ::write(m_file, bytes.constData() + done, static_cast<std::size_t>(bytes.size() - done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return ioFailure(m_path);
        done += written;
    }
    ++m_written;
    return {};
}

Result<> EditJournal::append(const QJsonObject &entry)
{
    const std::lock_guard lock(m_mutex);
    if (m_written == 0) {
        if (const Result<> head = write(lineOf({{u"format"_s, QString::fromLatin1(formatName)}, {u"database"_s, m_identity}}, 0)); !head)
            return head;
    }
    Result<> written = write(lineOf(entry, m_written));
    m_changed.notify_all();
    return written;
}

Result<> EditJournal::sync()
{
    std::unique_lock lock(m_mutex);
    const quint64 wanted = m_written;
    m_changed.wait(lock, [&] { return m_synced >= std::min(wanted, m_written) || m_failed; });
    return m_failed ? Result<>(failure(ErrorCode::Io, EditJournalText::tr("Unsaved edits cannot be brought to the disk: %1.").arg(m_path))) : Result<>();
}

Result<> EditJournal::restart()
{
    const std::lock_guard lock(m_mutex);
    if (::ftruncate(m_file, 0) != 0)
        return ioFailure(m_path);
    m_written = m_synced = 0;
    return {};
}

void EditJournal::syncWhenWritten(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return m_written != m_synced; })) {
        const quint64 until = m_written;
        lock.unlock();
        const bool done = ::fdatasync(m_file) == 0;
        lock.lock();
        m_failed = !done;
        if (done && m_written >= until) // not begun anew meanwhile
            m_synced = until;
        else if (done)
            m_synced = std::min(m_synced, m_written);
        else
            m_synced = m_written; // said by m_failed
        m_changed.notify_all();
    }
}

} // namespace turnstone
