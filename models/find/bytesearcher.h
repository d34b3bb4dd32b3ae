// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace turnstone {

/// Finds a string of bytes in others, 32 or 16 places at a time where the processor can: the two rarest bytes of the
/// needle are compared at their distance, and only where both stand is the rest looked at. Immutable; may be used
/// from several threads.
class ByteSearcher
{
public:
    /// With `ignoresCase` ASCII letters match both cases. `needle` must not be empty.
    ByteSearcher(QByteArray needle, bool ignoresCase);

    /// Offset of the first occurrence at or after `from`; -1 if there is none.
    qsizetype find(QByteArrayView text, qsizetype from = 0) const;
    qsizetype length() const { return m_needle.size(); }

private:
    bool isAt(const char *place) const;
    qsizetype findPlain(const char *data, qsizetype from, qsizetype last) const;
    qsizetype findWide(const char *data, qsizetype from, qsizetype last) const;
    qsizetype findWidest(const char *data, qsizetype from, qsizetype last) const;

    QByteArray m_needle; // in small letters if case does not matter
    QByteArray m_folds;  // for each byte 0x20 if it is a letter whose case does not matter
    qsizetype m_first = 0;  // places of the two bytes looked for
    qsizetype m_second = 0;
};

} // namespace turnstone
