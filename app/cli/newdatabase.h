// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/recogniser.h"

namespace turnstone::cli {

/// Makes the schema of a system in a place that has none of it yet. A file that it had to make is
/// removed again unless keep() is called, so a failure leaves nothing behind.
class NewDatabase
{
public:
    ~NewDatabase();

    /// `variant` empty: the profile's default, or on an engine that it is not made for the one that is.
    /// Errors: InvalidInput (unknown system or variant), Constraint (the place is not empty), Unsupported
    /// (no such schema for this engine), and those of the database.
    [[nodiscard]] Result<> create(const DatabaseArgument &where, const ProfileRegistry &registry, const QString &system,
                                  const QString &variant, std::stop_token stop);

    Connection &connection() { return *m_connection; }
    QString variant() const { return m_variant; }
    void keep() { m_madeFile.clear(); }

private:
    std::unique_ptr<Connection> m_connection;
    QString m_variant;
    QString m_madeFile;
};

} // namespace turnstone::cli
