// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QByteArrayView>
#include <QSaveFile>
#include <QString>

#include <atomic>

namespace turnstone {

/// A file that appears whole or not at all: written beside its place and renamed at commit(), after the disk has it.
/// What is no ordinary file (a pipe, a device) is written directly, from its start to its end.
class OutputFile
{
public:
    explicit OutputFile(QString path);
    ~OutputFile();
    Q_DISABLE_COPY_MOVE(OutputFile)

    [[nodiscard]] Result<> open();
    /// May be called from several threads at once for different places, unless isStream().
    [[nodiscard]] Result<> write(QByteArrayView bytes, qint64 offset);
    [[nodiscard]] Result<> commit();
    /// It takes bytes only in their order.
    bool isStream() const { return m_streamHandle >= 0; }
    QString path() const { return m_path; }

private:
    Error writeError(int code) const;
    /// Takes the disk's space in big steps before it is written, which costs the file system less than block by block.
    void reserve(qint64 end);
    /// Lets the disk begin with what has been written up to `end`, so that commit() waits less.
    void startWriteBack(qint64 end);

    const QString m_path;
    QSaveFile m_file;
    int m_handle = -1;
    int m_streamHandle = -1;
    std::atomic<qint64> m_writeBackBegun = 0;
    std::atomic<qint64> m_reserved = 0;
};

} // namespace turnstone
