// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace turnstone::similarity {

/// A file mapped into memory for reading, so that whoever cuts it off or writes into it behind our back does no harm: pages that are
/// gone read as zeros instead of ending the program with SIGBUS, and isIntact() tells afterwards that what was read means nothing.
/// Nobody learns of it earlier: whoever reads computes first and asks then. Any thread.
///
/// The first one installs a handler of SIGBUS, which hands on whatever is not about a mapped file.
class MappedFile
{
public:
    /// Null if there is no such file, it is empty, or it cannot be mapped.
    static std::shared_ptr<const MappedFile> open(const QString &path);
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    const char *data() const { return m_data; }
    std::size_t size() const { return m_size; }
    /// Whether the file still is what it was when it was opened, and no page was missing.
    bool isIntact() const;

private:
    MappedFile() = default;

    int m_file = -1;
    char *m_data = nullptr;
    std::size_t m_size = 0;
    std::int64_t m_changedNs = 0;
    int m_watched = -1; // below 0: the bytes are a copy in memory
};

} // namespace turnstone::similarity
