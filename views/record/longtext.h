// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <stop_token>
#include <vector>

namespace turnstone {

/// A text of any length in parts that a text widget can take: cut between characters, at the end of a line where one is near,
/// with lines too long for a widget broken for the display. Only one part is decoded at a time. Immutable; for any thread.
class LongText final
{
public:
    /// A text widget lays out a line as a whole; longer ones are broken for the display.
    static constexpr qsizetype longestLine = 5'000;
    static constexpr qsizetype usualPartBytes = 1'000'000;

    /// A place in a part as it is shown.
    struct Match
    {
        int part = 0;
        qsizetype start = 0;
        qsizetype length = 0;

        friend bool operator==(const Match &, const Match &) = default;
    };

    LongText() = default;
    /// `utf8` must be well-formed.
    explicit LongText(QByteArray utf8, qsizetype partBytes = usualPartBytes);

    int parts() const { return static_cast<int>(m_starts.size()); }
    qsizetype bytes() const { return m_utf8.size(); }
    /// As it is shown.
    QString part(int number) const;
    /// Where `words` stand, whatever their case, at most `limit` places, in order. Linear; for a worker.
    std::vector<Match> find(const QString &words, int limit, const std::stop_token &stop = {}) const;

private:
    QByteArrayView slice(int number) const;

    QByteArray m_utf8;
    std::vector<qsizetype> m_starts;
};

} // namespace turnstone
