// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/jsonrecordreader.h"

#include <QCoreApplication>
#include <QUtf8StringView>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct JsonReaderText
{
    Q_DECLARE_TR_FUNCTIONS(JsonRecordReader)
};

constexpr int namingRows = 2000; // whose keys become the columns

} // namespace

Result<> JsonRecordReader::start()
{
    for (;;) {
        JsonScanner scanner(QByteArrayView(m_file->begin(), m_file->end()));
        scanner.skipSpace();
        if (!scanner.atEnd() || m_file->isWhole()) {
            if (scanner.peek() == '[') {
                m_isArray = true;
                scanner.step();
            }
            m_file->take(scanner.at(), std::count(m_file->begin(), scanner.at(), '\n'));
            break;
        }
        if (const Result<> more = m_file->more(); !more)
            return more;
    }
    return findNames();
}

/// A second reader of the same file goes ahead for the keys.
Result<> JsonRecordReader::findNames()
{
    auto file = InputFile::open(m_file->path());
    if (!file)
        return failure(file);
    JsonRecordReader ahead(std::move(*file), m_options);
    ahead.m_collects = true;
    JsonScanner scanner(QByteArrayView(ahead.m_file->begin(), ahead.m_file->end()));
    scanner.skipSpace();
    if (m_isArray && scanner.peek() == '[') {
        ahead.m_isArray = true;
        scanner.step();
    }
    ahead.m_file->take(scanner.at(), 0);
    RecordBlock block;
    qint64 rows = 0;
    for (bool more = true; more && rows < namingRows;) {
        const Result<bool> read = ahead.read(block);
        if (!read)
            break; // the real reading tells the mistake in its place
        more = *read;
        rows += static_cast<qint64>(block.lines.size());
    }
    for (const QByteArray &key : ahead.m_keys) {
        m_places.insert(key, static_cast<int>(m_keys.size()));
        m_keys.push_back(key);
        m_names.append(QString::fromUtf8(key));
    }
    return {};
}

JsonRecordReader::Outcome JsonRecordReader::problemOf(const JsonScanner &scanner)
{
    if (scanner.problem() == JsonScanner::Problem::Incomplete && !m_file->isWhole())
        return Outcome::NeedMore;
    return failAt(scanner.at(), scanner.problemText());
}

/// Goes to the row's brace, over the comma before it.
JsonRecordReader::Outcome JsonRecordReader::betweenRows(const char *&p)
{
    JsonScanner scanner(QByteArrayView(p, m_file->end()));
    const auto atEnd = [&] { return scanner.atEnd() && !m_file->isWhole(); };
    scanner.skipSpace();
    if (atEnd())
        return Outcome::NeedMore;
    if (m_isClosed || !m_isArray) {
        p = scanner.at();
        if (scanner.atEnd())
            return Outcome::End;
        return m_isClosed ? failAt(p, JsonReaderText::tr("something follows the end of the array")) : Outcome::Row;
    }
    if (scanner.peek() == ']') {
        scanner.step();
        m_isClosed = true;
        m_file->take(scanner.at(), std::count(m_file->begin(), scanner.at(), '\n'));
        return Outcome::Skipped;
    }
    if (m_hasRows) {
        if (scanner.peek() != ',')
            return failAt(scanner.at(), scanner.atEnd() ? JsonReaderText::tr("the array has no end") : JsonReaderText::tr("a comma or ] belongs here"));
        scanner.step();
        scanner.skipSpace();
        if (atEnd())
            return Outcome::NeedMore;
    }
    p = scanner.at();
    if (scanner.atEnd())
        return failAt(p, JsonReaderText::tr("the array has no end"));
    return Outcome::Row;
}

int JsonRecordReader::placeOfKey(QByteArrayView key, const char *at)
{
    if (m_expected < m_keys.size() && key == m_keys[m_expected])
        return static_cast<int>(m_expected++);
    const QByteArray name = key.toByteArray();
    const auto found = m_places.constFind(name);
    if (found != m_places.constEnd()) {
        m_expected = static_cast<std::size_t>(*found) + 1;
        return *found;
    }
    if (!m_collects) {
        failAt(at, JsonReaderText::tr("the key %1 is not among those of the first %L2 rows").arg(QString::fromUtf8(name)).arg(namingRows));
        return -1;
    }
    const int place = static_cast<int>(m_keys.size());
    m_places.insert(name, place);
    m_keys.push_back(name);
    m_names.append(QString::fromUtf8(name));
    m_cells.emplace_back();
    m_expected = m_keys.size();
    return place;
}

JsonRecordReader::Outcome JsonRecordReader::readValue(JsonScanner &scanner, JsonCell &cell)
{
    scanner.skipSpace();
    const char *const start = scanner.at();
    if (!cell.read(scanner, m_text))
        return problemOf(scanner);
    if (cell.form != JsonCell::Form::String && cell.form != JsonCell::Form::Nested)
        return Outcome::Row;
    const QByteArrayView text = m_text.view().sliced(cell.start);
    if (scanner.sawHigh() && !QUtf8StringView(text.data(), text.size()).isValidUtf8())
        return failAt(start, JsonReaderText::tr("the text is not UTF-8"));
    if (m_options.refusesNul && text.contains('\0'))
        return failAt(start, JsonReaderText::tr("PostgreSQL cannot keep a NUL character"));
    return Outcome::Row;
}

JsonRecordReader::Outcome JsonRecordReader::readMember(JsonScanner &scanner)
{
    scanner.skipSpace();
    const char *const at = scanner.at();
    m_key.clear();
    if (scanner.peek() != '"')
        return scanner.atEnd() && !m_file->isWhole() ? Outcome::NeedMore : failAt(at, JsonReaderText::tr("a key in quotes belongs here"));
    if (!scanner.readString(m_key))
        return problemOf(scanner);
    const int place = placeOfKey(m_key.view(), at);
    if (place < 0)
        return Outcome::Failed;
    if (m_cells[static_cast<std::size_t>(place)].form != JsonCell::Form::Absent)
        return failAt(at, JsonReaderText::tr("the key %1 occurs twice").arg(QString::fromUtf8(m_key.view())));
    scanner.skipSpace();
    if (scanner.peek() != ':')
        return scanner.atEnd() && !m_file->isWhole() ? Outcome::NeedMore : failAt(scanner.at(), JsonReaderText::tr("a colon belongs here"));
    scanner.step();
    JsonCell cell;
    const Outcome outcome = readValue(scanner, cell);
    m_cells[static_cast<std::size_t>(place)] = cell;
    return outcome;
}

JsonRecordReader::Outcome JsonRecordReader::readObject(const char *p)
{
    JsonScanner scanner(QByteArrayView(p, m_file->end()));
    if (scanner.peek() != '{')
        return failAt(p, JsonReaderText::tr("a row is an object in braces"));
    scanner.step();
    m_text.clear();
    m_cells.assign(m_keys.size(), {});
    m_expected = 0;
    scanner.skipSpace();
    if (scanner.peek() == '}') {
        scanner.step();
        m_rowEnd = scanner.at();
        return Outcome::Row;
    }
    for (;;) {
        if (const Outcome member = readMember(scanner); member != Outcome::Row)
            return member;
        scanner.skipSpace();
        const char next = scanner.peek();
        if (next != ',' && next != '}')
            return scanner.atEnd() && !m_file->isWhole() ? Outcome::NeedMore : failAt(scanner.at(), scanner.atEnd() ? JsonReaderText::tr("the row has no end") : JsonReaderText::tr("a comma or } belongs here"));
        scanner.step();
        if (next == '}')
            break;
    }
    m_rowEnd = scanner.at();
    return Outcome::Row;
}

JsonRecordReader::Outcome JsonRecordReader::readRow(RecordBlock &block)
{
    const char *p = m_file->begin();
    if (const Outcome between = betweenRows(p); between != Outcome::Row)
        return between;
    if (const Outcome object = readObject(p); object != Outcome::Row)
        return object;
    if (static_cast<std::size_t>(block.rows.columnCount()) != m_keys.size()) {
        if (!block.rows.isEmpty())
            return Outcome::BlockEnds;
        block.rows.clear(static_cast<int>(m_keys.size()));
    }
    for (std::size_t i = 0; i < m_cells.size(); ++i)
        m_cells[i].addTo(block.rows, m_text.view().sliced(m_cells[i].start, m_cells[i].size), kindOf(i), m_options.keepsBooleanWords);
    block.rows.endRow();
    block.lines.push_back(m_file->line() + std::count(m_file->begin(), p, '\n'));
    m_file->take(m_rowEnd, std::count(m_file->begin(), m_rowEnd, '\n'));
    m_hasRows = true;
    return Outcome::Row;
}

} // namespace turnstone
