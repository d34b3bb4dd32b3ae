// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace turnstone {

/// One script of an Alembic directory, as far as its text tells without running it.
struct AlembicRevision
{
    QString fileName;
    QString revision;
    QStringList downRevisions; ///< several for a merge; empty for a base
    QStringList branchLabels;
    QStringList dependsOn;
    QString title;       ///< first line of its docstring
    QString description; ///< the rest, without the lines that repeat the revision
    QString created;     ///< "Create Date:" of the docstring
    int upLine = 0;      ///< of `def upgrade`, from 1
    int downLine = 0;
};

/// The revisions of an Alembic directory, parsed from the Python text; no Python is run.
class AlembicFolder
{
public:
    /// Whether a folder looks like one: env.py and versions/, or Python files with a revision in them.
    static bool isOne(const QString &folder);
    /// `folder` holds env.py, or is the folder of versions itself. Blocks on the disk. Errors: NotFound, InvalidInput
    /// (a script without a revision, the same revision twice, a circle), Io.
    [[nodiscard]] static Result<AlembicFolder> load(const QString &folder);

    /// Bases first, each after all that it stands on.
    const std::vector<AlembicRevision> &revisions() const { return m_revisions; }
    const AlembicRevision *revision(const QString &id) const;
    /// Revisions that none stands on; more than one: branches that were not merged.
    QStringList heads() const;
    /// Down-revisions named by a script, but not there.
    QStringList missing() const { return m_missing; }
    /// A revision and everything below it; nothing if it is unknown.
    std::optional<QStringList> withAncestors(const QStringList &ids) const;

private:
    std::vector<AlembicRevision> m_revisions;
    QStringList m_missing;
};

} // namespace turnstone
