// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationfile.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QRegularExpression>
#include <QStringDecoder>
#include <QStringList>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationfileText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationFile)
};

} // namespace

Result<MigrationFile> MigrationFile::parse(const QString &fileName, const QByteArray &content)
{
    static const QRegularExpression nameShape(u"^(\\d{3,})_([A-Za-z0-9_-]+)\\.sql$"_s);
    const QRegularExpressionMatch match = nameShape.match(fileName);
    if (!match.hasMatch()) {
        return failure(ErrorCode::InvalidInput,
                       MigrationfileText::tr("%1: a migration is named by a number and words, such as 0001_initial.sql.").arg(fileName));
    }
    MigrationFile file;
    file.fileName = fileName;
    file.number = match.captured(1).toInt();
    file.name = match.captured(2);
    file.checksum = QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex();

    QStringDecoder decoder(QStringDecoder::Utf8); // takes a byte order mark away
    QString text = decoder(content);
    if (decoder.hasError())
        return failure(ErrorCode::InvalidInput, MigrationfileText::tr("%1: the file is not UTF-8.").arg(fileName));
    text.replace("\r\n"_L1, "\n"_L1);

    enum { Head, Up, Down } part = Head;
    QStringList head;
    int lineNumber = 0;
    for (const QString &line : text.split(u'\n')) {
        ++lineNumber;
        const QString marker = line.trimmed();
        if (marker == "-- migrate:up"_L1 || marker == "-- migrate:down"_L1) {
            const auto next = marker.endsWith("up"_L1) ? Up : Down;
            if (next != (part == Head ? Up : Down) || part == Down) {
                return failure(ErrorCode::InvalidInput,
                               MigrationfileText::tr("%1, line %2: \"%3\" stands in the wrong place; each marker stands once, up before down.")
                                   .arg(fileName, QString::number(lineNumber), marker));
            }
            part = next;
            (part == Up ? file.upLine : file.downLine) = lineNumber + 1;
            continue;
        }
        if (part == Head) {
            if (marker.startsWith("--"_L1))
                head.append(marker.mid(2).trimmed());
            else if (!marker.isEmpty())
                return failure(ErrorCode::InvalidInput,
                               MigrationfileText::tr("%1, line %2: there is SQL before \"-- migrate:up\".").arg(fileName, QString::number(lineNumber)));
        } else {
            (part == Up ? file.up : file.down) += line + u'\n';
        }
    }
    if (part == Head)
        return failure(ErrorCode::InvalidInput, MigrationfileText::tr("%1: there is no line \"-- migrate:up\".").arg(fileName));
    if (part == Up)
        return failure(ErrorCode::InvalidInput, MigrationfileText::tr("%1: there is no line \"-- migrate:down\".").arg(fileName));
    file.title = head.value(0);
    file.description = head.mid(1).join(u' ').simplified();
    return file;
}

} // namespace turnstone
