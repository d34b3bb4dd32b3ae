// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationfile.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QRegularExpression>
#include <QStringDecoder>
#include <QStringList>

#include <optional>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationfileText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationFile)
};

struct Marker
{
    bool isUp = true;
    bool inTransaction = true;
};

std::optional<Marker> markerOf(const QString &line)
{
    static const QRegularExpression shape(u"^--\\s*migrate:(up|down)\\b(.*)$"_s);
    if (!line.startsWith("--"_L1))
        return std::nullopt;
    const QRegularExpressionMatch match = shape.match(line);
    if (!match.hasMatch())
        return std::nullopt;
    return Marker{match.captured(1) == "up"_L1, !match.captured(2).contains("transaction:false"_L1)};
}

bool isRule(const QString &words)
{
    static const QRegularExpression shape(u"^[-=*#~\\s]+$"_s);
    return shape.match(words).hasMatch();
}

/// Title, description and counts from the comments at the top.
void readHead(const QStringList &comments, MigrationFile &file)
{
    static const QRegularExpression count(u"^count\\s+([^:]+):\\s*(.+?)\\s*=>\\s*(.+)$"_s);
    QStringList words;
    for (const QString &comment : comments) {
        if (const QRegularExpressionMatch match = count.match(comment); match.hasMatch())
            file.counts.push_back({match.captured(1).trimmed(), match.captured(2), match.captured(3)});
        else if (!comment.isEmpty() && !isRule(comment))
            words.append(comment);
    }
    file.title = words.value(0);
    file.description = words.mid(1).join(u' ').simplified();
}

Result<> readMarked(const QStringList &lines, MigrationFile &file)
{
    enum { Head, Up, Down } part = Head;
    QStringList head;
    int lineNumber = 0;
    for (const QString &line : lines) {
        ++lineNumber;
        const QString trimmed = line.trimmed();
        if (const std::optional<Marker> marker = markerOf(trimmed)) {
            const auto next = marker->isUp ? Up : Down;
            if (next != (part == Head ? Up : Down) || part == Down) {
                return failure(ErrorCode::InvalidInput,
                               MigrationfileText::tr("%1, line %2: \"%3\" stands in the wrong place; each marker stands once, up before down.")
                                   .arg(file.fileName, QString::number(lineNumber), trimmed));
            }
            part = next;
            (part == Up ? file.upLine : file.downLine) = lineNumber + 1;
            (part == Up ? file.upInTransaction : file.downInTransaction) = marker->inTransaction;
            continue;
        }
        if (part != Head) {
            (part == Up ? file.up : file.down) += line + u'\n';
        } else if (trimmed.startsWith("--"_L1)) {
            head.append(trimmed.mid(2).trimmed());
        } else if (!trimmed.isEmpty()) {
            return failure(ErrorCode::InvalidInput,
                           MigrationfileText::tr("%1, line %2: there is SQL before \"-- migrate:up\".").arg(file.fileName, QString::number(lineNumber)));
        }
    }
    readHead(head, file);
    return {};
}

/// Everything runs upwards; what stands in comments after "-- Rollback:" runs downwards.
Result<> readPlain(const QStringList &lines, MigrationFile &file)
{
    static const QRegularExpression rollback(u"^--\\s*(?:rollback|down)\\b[^:]*:\\s*(.*)$"_s, QRegularExpression::CaseInsensitiveOption);
    QStringList head;
    bool inHead = true;
    bool inRollback = false;
    bool hasSql = false;
    int lineNumber = 0;
    for (const QString &line : lines) {
        ++lineNumber;
        const QString trimmed = line.trimmed();
        const bool isComment = trimmed.startsWith("--"_L1);
        if (const QRegularExpressionMatch match = rollback.match(trimmed); isComment && !inRollback && hasSql && match.hasMatch()) {
            inRollback = true;
            file.downLine = lineNumber;
            file.down = match.captured(1) + u'\n';
        } else if (inRollback && isComment) {
            file.down += trimmed.mid(2) + u'\n';
        } else if (inRollback) {
            file.down += u'\n';
        }
        inHead = inHead && (isComment || (trimmed.isEmpty() && head.isEmpty()));
        if (inHead && isComment)
            head.append(trimmed.mid(2).trimmed());
        hasSql = hasSql || (!isComment && !trimmed.isEmpty());
    }
    if (!hasSql)
        return failure(ErrorCode::InvalidInput, MigrationfileText::tr("%1: there is no line \"-- migrate:up\" and no SQL.").arg(file.fileName));
    file.up = lines.join(u'\n') + u'\n';
    file.upLine = 1;
    readHead(head, file);
    return {};
}

} // namespace

Result<MigrationFile> MigrationFile::parse(const QString &fileName, const QByteArray &content)
{
    static const QRegularExpression nameShape(u"^(\\d{1,18})[_-]([^/]*[A-Za-z0-9][^/]*)\\.sql$"_s);
    const QRegularExpressionMatch match = nameShape.match(fileName);
    if (!match.hasMatch()) {
        return failure(ErrorCode::InvalidInput,
                       MigrationfileText::tr("%1: a migration is named by a number and words, such as 0001_initial.sql.").arg(fileName));
    }
    MigrationFile file;
    file.fileName = fileName;
    file.version = match.captured(1);
    file.number = file.version.toLongLong();
    file.name = match.captured(2);
    file.checksum = QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex();

    QStringDecoder decoder(QStringDecoder::Utf8); // takes a byte order mark away
    QString text = decoder(content);
    if (decoder.hasError())
        return failure(ErrorCode::InvalidInput, MigrationfileText::tr("%1: the file is not UTF-8.").arg(fileName));
    if (text.contains(u'\0'))
        return failure(ErrorCode::InvalidInput, MigrationfileText::tr("%1: the file holds zero bytes; it is no text.").arg(fileName));
    text.replace("\r\n"_L1, "\n"_L1);

    const QStringList lines = text.split(u'\n');
    const bool isMarked = std::any_of(lines.begin(), lines.end(), [](const QString &line) { return markerOf(line.trimmed()).has_value(); });
    file.form = isMarked ? Form::Marked : Form::Plain;
    const Result<> read = isMarked ? readMarked(lines, file) : readPlain(lines, file);
    if (!read)
        return failure(read);
    return file;
}

} // namespace turnstone
