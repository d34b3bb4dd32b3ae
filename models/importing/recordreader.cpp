// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/recordreader.h"

#include "models/importing/csvreader.h"
#include "models/importing/jsonrecordreader.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct RecordReaderText
{
    Q_DECLARE_TR_FUNCTIONS(RecordReader)
};

constexpr qsizetype blockBytes = 256 * 1024;

} // namespace

QString formatOfFile(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == u"csv" || suffix == u"tsv" || suffix == u"txt" || suffix == u"tab")
        return u"csv"_s;
    if (suffix == u"json" || suffix == u"jsonl" || suffix == u"ndjson")
        return u"json"_s;
    return {};
}

Result<std::unique_ptr<RecordReader>> RecordReader::open(const QString &path, const ReadOptions &options)
{
    auto file = InputFile::open(path);
    if (!file)
        return failure(file);
    ReadOptions used = options;
    if (used.format.isEmpty())
        used.format = formatOfFile(path);
    if (used.format == u"tsv") {
        used.format = u"csv"_s;
        used.separator = '\t';
    }
    if (used.format == u"csv" && used.separator == 0 && (path.endsWith(u".tsv"_s, Qt::CaseInsensitive) || path.endsWith(u".tab"_s, Qt::CaseInsensitive)))
        used.separator = '\t';
    std::unique_ptr<RecordReader> reader;
    if (used.format == u"csv")
        reader = std::make_unique<CsvReader>(std::move(*file), used);
    else if (used.format == u"json" || used.format == u"jsonl")
        reader = std::make_unique<JsonRecordReader>(std::move(*file), used);
    else
        return failure(ErrorCode::InvalidInput, RecordReaderText::tr("\"%1\": say which format it has: csv, tsv, json or jsonl.").arg(path));
    if (const Result<> started = reader->start(); !started)
        return failure(started);
    return reader;
}

Result<bool> RecordReader::read(RecordBlock &block, int maxRows)
{
    block.rows.clear(static_cast<int>(m_names.size()));
    block.lines.clear();
    while (!m_ended && !block.rows.isFull({maxRows, blockBytes})) {
        switch (readRow(block)) {
        case Outcome::Row:
        case Outcome::Skipped: break;
        case Outcome::BlockEnds: return true;
        case Outcome::End: m_ended = true; break;
        case Outcome::Failed: m_ended = true; return tl::unexpected(m_error);
        case Outcome::NeedMore:
            if (const Result<> more = m_file->more(); !more)
                return failure(more);
            break;
        }
    }
    return !m_ended;
}

RecordReader::Outcome RecordReader::failAt(const char *at, const QString &what)
{
    const auto [line, column] = m_file->placeOf(at);
    m_error = Error{ErrorCode::Syntax, RecordReaderText::tr("\"%1\", line %2, column %3: %4.").arg(QFileInfo(m_file->path()).fileName()).arg(line).arg(column).arg(what), {}, -1};
    return Outcome::Failed;
}

} // namespace turnstone
