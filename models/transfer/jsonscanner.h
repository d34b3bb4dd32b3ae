// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transfer/outputbuffer.h"

#include <QByteArrayView>
#include <QString>

namespace turnstone {

/// Steps through JSON text (RFC 8259) without building anything of it: what a value is, where it ends, what a string says.
/// Text that may be cut off tells Incomplete at its end, so that more can be read and the value scanned anew.
class JsonScanner
{
public:
    enum class Problem { None, Incomplete, Unexpected, BadNumber, BadEscape, ControlCharacter, LoneSurrogate, TooDeep };
    static constexpr int maxDepth = 1000;

    explicit JsonScanner(QByteArrayView text) : m_at(text.data()), m_end(text.data() + text.size()) {}

    const char *at() const { return m_at; }
    bool atEnd() const { return m_at == m_end; }
    /// The next byte; 0 at the end.
    char peek() const { return m_at < m_end ? *m_at : '\0'; }
    void step() { ++m_at; }
    void skipSpace();
    /// Goes behind the next value. False: see problem(), and at() is where.
    bool skipValue(int depth = 0);
    /// Decodes the string that begins here, appending to `out`.
    bool readString(OutputBuffer &out);

    Problem problem() const { return m_problem; }
    /// A sentence.
    QString problemText() const;
    /// Whether there were line breaks between tokens, and bytes beyond ASCII.
    bool sawLineBreak() const { return m_sawLineBreak; }
    bool sawHigh() const { return m_sawHigh; }

private:
    bool fail(Problem problem);
    bool skipString();
    bool skipNumber();
    bool skipWord(const char *word, int length);
    bool readEscape(OutputBuffer &out);
    int hexUnit();

    const char *m_at;
    const char *m_end;
    Problem m_problem = Problem::None;
    bool m_sawLineBreak = false;
    bool m_sawHigh = false;
};

/// Whether `text` is one whole JSON document; for one line, `hasLineBreaks` tells of breaks between its tokens. Bytes that
/// are no UTF-8 make it none.
bool isJsonDocument(QByteArrayView text, bool *hasLineBreaks);

} // namespace turnstone
