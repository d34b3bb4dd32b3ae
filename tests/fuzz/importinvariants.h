// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/importing/recordreader.h"

#include <QByteArray>
#include <QFile>
#include <QRegularExpression>
#include <QString>

namespace turnstone {

/// What must hold for a file of any bytes at all, read in either format; says what does not, or nothing. The file is
/// written to `path`.
inline QString brokenImportInvariant(const QByteArray &bytes, const QString &path)
{
    using namespace Qt::StringLiterals;
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        return u"the file cannot be written"_s;
    file.close();
    static const QRegularExpression place(u"line \\d+, column \\d+: "_s);
    for (const QString &format : {u"csv"_s, u"json"_s}) {
        ReadOptions options;
        options.format = format;
        auto reader = RecordReader::open(path, options);
        if (!reader) {
            if (!place.match(reader.error().message).hasMatch())
                return u"the error names no place: "_s + reader.error().message;
            continue;
        }
        RecordBlock block;
        qint64 line = 0;
        for (bool more = true; more;) {
            const Result<bool> got = (*reader)->read(block, 7);
            if (block.lines.size() != static_cast<std::size_t>(block.rows.rowCount()))
                return u"rows and lines differ"_s;
            for (const qint64 at : block.lines) {
                if (at < line || at > bytes.count('\n') + bytes.count('\r') + 1)
                    return u"a line is wrong"_s;
                line = at;
            }
            if (!got && !place.match(got.error().message).hasMatch())
                return u"the error names no place: "_s + got.error().message;
            more = got && *got;
        }
    }
    return {};
}

} // namespace turnstone
