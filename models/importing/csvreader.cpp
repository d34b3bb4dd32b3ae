// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importing/csvreader.h"

#include "models/importing/jsoncell.h"
#include "models/transfer/bytescan.h"

#include <QCoreApplication>
#include <QSet>
#include <QUtf8StringView>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

struct CsvReaderText
{
    Q_DECLARE_TR_FUNCTIONS(CsvReader)
};

} // namespace

char CsvReader::guessedSeparator() const
{
    int counts[4] = {0, 0, 0, 0};
    constexpr char candidates[4] = {',', ';', '\t', '|'};
    bool isQuoted = false;
    for (const char *p = m_file->begin(); p < m_file->end(); ++p) {
        if (*p == '"')
            isQuoted = !isQuoted;
        else if (!isQuoted && (*p == '\n' || *p == '\r'))
            break;
        for (int i = 0; i < 4 && !isQuoted; ++i)
            counts[i] += *p == candidates[i] ? 1 : 0;
    }
    return candidates[std::max_element(counts, counts + 4) - counts];
}

Result<> CsvReader::start()
{
    m_separator = m_options.separator != 0 ? m_options.separator : guessedSeparator();
    Outcome outcome = split();
    for (; outcome == Outcome::NeedMore; outcome = split()) {
        if (const Result<> more = m_file->more(); !more)
            return more;
    }
    if (outcome == Outcome::End)
        failAt(m_file->begin(), CsvReaderText::tr("the file is empty"));
    if (outcome == Outcome::End || outcome == Outcome::Failed)
        return tl::unexpected(m_error);
    QSet<QString> taken;
    for (const Field &field : m_fields) {
        if (check(field) == Outcome::Failed)
            return tl::unexpected(m_error);
        const QString name = m_options.hasHeader ? QString::fromUtf8(textOf(field)) : u"column_%1"_s.arg(m_names.size() + 1);
        if (name.isEmpty()) {
            failAt(field.data, CsvReaderText::tr("a column has no name"));
            return tl::unexpected(m_error);
        }
        if (taken.contains(name)) {
            failAt(field.data, CsvReaderText::tr("the name %1 occurs twice").arg(name));
            return tl::unexpected(m_error);
        }
        taken.insert(name);
        m_names.append(name);
    }
    if (m_options.hasHeader)
        m_file->take(m_rowEnd, m_breaks);
    return {};
}

/// The end of the file or of the buffer is at p, or a line end.
CsvReader::Outcome CsvReader::endOfLine(const char *&p)
{
    const char *const end = m_file->end();
    if (p == end)
        return m_file->isWhole() ? Outcome::Row : Outcome::NeedMore;
    if (*p == '\n') {
        ++p;
        m_hasEnds = true;
        m_breaks += m_endsAreCr ? 0 : 1;
        return Outcome::Row;
    }
    if (p + 1 == end && !m_file->isWhole())
        return Outcome::NeedMore;
    if (p + 1 < end && p[1] == '\n' && !m_endsAreCr) {
        p += 2;
        m_hasEnds = true;
        ++m_breaks;
        return Outcome::Row;
    }
    if (m_hasEnds && !m_endsAreCr)
        return failAt(p, CsvReaderText::tr("a carriage return stands alone; put the field in quotes"));
    if (!m_hasEnds) {
        m_endsAreCr = true;
        m_file->setLineBreak('\r');
    }
    m_hasEnds = true;
    ++p;
    ++m_breaks;
    return Outcome::Row;
}

CsvReader::Outcome CsvReader::splitQuoted(const char *&p)
{
    const char *const end = m_file->end();
    const char *const start = ++p;
    bool hasDoubled = false;
    bool high = false;
    for (;;) {
        p = bytescan::find(p, end, high, bytescan::ByteMatch('"'));
        if (p == end || (p + 1 == end && !m_file->isWhole())) {
            if (!m_file->isWhole())
                return Outcome::NeedMore;
            return failAt(start - 1, CsvReaderText::tr("the quote that begins here has no end"));
        }
        if (p + 1 < end && p[1] == '"') {
            hasDoubled = true;
            p += 2;
            continue;
        }
        break;
    }
    m_fields.push_back({start, p - start, true, hasDoubled, high});
    m_breaks += std::count(start, p, m_file->lineBreak());
    ++p;
    if (p < end && *p != m_separator && *p != '\n' && *p != '\r')
        return failAt(p, CsvReaderText::tr("text follows a closing quote"));
    return Outcome::Row;
}

CsvReader::Outcome CsvReader::splitPlain(const char *&p)
{
    const char *const start = p;
    bool high = false;
    for (;;) {
        p = bytescan::find(p, m_file->end(), high, bytescan::CsvMatch(m_separator));
        if (p == m_file->end()) {
            if (!m_file->isWhole())
                return Outcome::NeedMore;
            break;
        }
        if (*p != '"')
            break;
        ++p;
    }
    m_fields.push_back({start, p - start, false, false, high});
    return Outcome::Row;
}

CsvReader::Outcome CsvReader::split()
{
    m_fields.clear();
    m_breaks = 0;
    const char *p = m_file->begin();
    if (p == m_file->end())
        return m_file->isWhole() ? Outcome::End : Outcome::NeedMore;
    for (;;) {
        const Outcome field = p < m_file->end() && *p == '"' ? splitQuoted(p) : splitPlain(p);
        if (field != Outcome::Row)
            return field;
        if (p < m_file->end() && *p == m_separator) {
            ++p;
            if (p == m_file->end() && !m_file->isWhole())
                return Outcome::NeedMore;
            continue;
        }
        const Outcome ended = endOfLine(p);
        m_rowEnd = p;
        return ended;
    }
}

CsvReader::Outcome CsvReader::check(const Field &field)
{
    const QByteArrayView bytes(field.data, field.size);
    if (field.isHigh && !m_options.takesAnyBytes && !QUtf8StringView(bytes.data(), bytes.size()).isValidUtf8())
        return failAt(field.data, CsvReaderText::tr("the field is not UTF-8"));
    if (m_options.refusesNul) {
        bool high = false;
        const char *const end = field.data + field.size;
        if (const char *nul = bytescan::find(field.data, end, high, bytescan::ByteMatch('\0')); nul != end)
            return failAt(nul, CsvReaderText::tr("PostgreSQL cannot keep a NUL character"));
    }
    return Outcome::Row;
}

QByteArrayView CsvReader::textOf(const Field &field)
{
    if (!field.hasDoubled)
        return QByteArrayView(field.data, field.size);
    m_scratch.clear();
    const char *p = field.data;
    const char *const end = p + field.size;
    bool high = false;
    for (;;) {
        const char *const quote = bytescan::find(p, end, high, bytescan::ByteMatch('"'));
        m_scratch.append(p, quote - p);
        if (quote == end)
            break;
        m_scratch.append('"');
        p = quote + 2;
    }
    return m_scratch.view();
}

CsvReader::Outcome CsvReader::readRow(RecordBlock &block)
{
    const Outcome outcome = split();
    if (outcome != Outcome::Row)
        return outcome;
    const auto wanted = static_cast<std::size_t>(m_names.size());
    if (m_fields.size() != wanted) {
        if (m_fields.size() == 1 && m_fields.front().size == 0 && !m_fields.front().isQuoted) { // a blank line
            m_file->take(m_rowEnd, m_breaks);
            return Outcome::Skipped;
        }
        const char *const at = m_fields.size() > wanted ? m_fields[wanted].data : m_fields.back().data + m_fields.back().size;
        return failAt(at, CsvReaderText::tr("the row has %L1 fields, the first line has %L2").arg(m_fields.size()).arg(wanted));
    }
    for (const Field &field : m_fields) {
        if ((field.isHigh || m_options.refusesNul) && check(field) == Outcome::Failed)
            return Outcome::Failed;
    }
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        const Field &field = m_fields[i];
        if (!field.isQuoted && QByteArrayView(field.data, field.size) == m_options.nullText)
            block.rows.addNull();
        else
            addTextCell(block.rows, textOf(field), kindOf(i), field.isQuoted);
    }
    block.rows.endRow();
    block.lines.push_back(m_file->line());
    m_file->take(m_rowEnd, m_breaks);
    return Outcome::Row;
}

} // namespace turnstone
