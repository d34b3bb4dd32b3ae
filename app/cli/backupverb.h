// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/databaseargument.h"
#include "app/cli/verb.h"

namespace turnstone::cli {

/// `backup DB FILE`: a safe copy while others write: SQLite's online backup, checked; pg_dump for a server.
class BackupVerb final : public Verb
{
public:
    const char *name() const override { return "backup"; }
    const char *summary() const override { return "Copy a database safely while others write"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    DatabaseArgument m_database;
    std::string m_file;
    bool m_overwrite = false;
    bool m_json = false;
    bool m_list = false;
};

/// `restore DB FILE`: a backup takes the place of a database; the one that was there stays under another name.
class RestoreVerb final : public Verb
{
public:
    const char *name() const override { return "restore"; }
    const char *summary() const override { return "Put a backup in the place of a database, which is kept"; }
    void declare(CLI::App &command) override;
    Result<> run(VerbContext &context) override;

private:
    DatabaseArgument m_database;
    std::string m_file;
    bool m_json = false;
};

} // namespace turnstone::cli
