// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/importing/recordreader.h"
#include "models/transfer/outputbuffer.h"

namespace turnstone {

/// CSV after RFC 4180, and what is common beside it: any separator, LF or CR line ends, blank lines between rows of several
/// columns, quotes inside a field that does not begin with one. Everything else is refused with its place: a row of more
/// or fewer fields, text after a closing quote, an open quote, a lone CR, a name that occurs twice.
class CsvReader final : public RecordReader
{
public:
    CsvReader(std::unique_ptr<InputFile> file, ReadOptions options) : RecordReader(std::move(file), std::move(options)) {}

    char separator() const { return m_separator; }

protected:
    Result<> start() override;
    Outcome readRow(RecordBlock &block) override;

private:
    struct Field
    {
        const char *data;
        qsizetype size;
        bool isQuoted;
        bool hasDoubled; ///< "" inside
        bool isHigh;     ///< bytes beyond ASCII
    };
    Outcome split();
    Outcome splitQuoted(const char *&p);
    Outcome splitPlain(const char *&p);
    Outcome endOfLine(const char *&p);
    Outcome check(const Field &field);
    QByteArrayView textOf(const Field &field);
    char guessedSeparator() const;

    char m_separator = ',';
    bool m_hasEnds = false; // a line end was seen: LF, CR LF, or CR if the file breaks lines so
    bool m_endsAreCr = false;
    std::vector<Field> m_fields;
    const char *m_rowEnd = nullptr;
    qint64 m_breaks = 0;
    OutputBuffer m_scratch;
};

} // namespace turnstone
