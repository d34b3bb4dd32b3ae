// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArrayView>
#include <QFile>
#include <QString>

#include <memory>

namespace turnstone {

/// A file seen through a buffer that slides over it: what begins in the buffer is read to its end by asking for more. Knows
/// the line at which the unread part begins.
class InputFile
{
public:
    [[nodiscard]] static Result<std::unique_ptr<InputFile>> open(const QString &path);

    const char *begin() const { return m_data.get() + m_start; }
    const char *end() const { return m_data.get() + m_size; }
    bool isWhole() const { return m_atEnd; }
    /// Reads on behind what is there; pointers into the buffer are void afterwards. At the end of the file nothing happens.
    [[nodiscard]] Result<> more();
    /// What stands before `to` is done with; it held `breaks` line breaks.
    void take(const char *to, qint64 breaks);
    /// From 1.
    qint64 line() const { return m_line; }
    /// Line and column (characters, from 1) of a place in the buffer.
    std::pair<qint64, qint64> placeOf(const char *at) const;

    qint64 bytesTaken() const { return m_taken; }
    qint64 bytesTotal() const { return m_total; }
    QString path() const { return m_file.fileName(); }
    /// Files with lone CRs as line ends count these.
    void setLineBreak(char c) { m_break = c; }
    char lineBreak() const { return m_break; }

private:
    explicit InputFile(const QString &path) : m_file(path) {}

    QFile m_file;
    std::unique_ptr<char[]> m_data;
    qsizetype m_capacity = 0;
    qsizetype m_start = 0;
    qsizetype m_size = 0;
    bool m_atEnd = false;
    qint64 m_taken = 0;
    qint64 m_total = 0;
    qint64 m_line = 1;
    qint64 m_column = 0; // characters before the unread part on its line
    char m_break = '\n';
};

} // namespace turnstone
