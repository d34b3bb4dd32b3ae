// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/connection.h"
#include "models/edit/changecapture.h"
#include "models/profiles/resolvedprofile.h"
#include "models/catalog/catalog.h"

#include <QDateTime>
#include <QJsonArray>

#include <map>
#include <vector>

namespace turnstone {

/// What a profile's action works on.
struct ActionRequest
{
    const ProfileAction *action = nullptr;
    /// Application's keys of the chosen rows, for actions on a selection.
    std::vector<RowKey> keys;
    /// By name; what is left out gets its default.
    std::map<QString, Value> parameters;
    QDateTime nowUtc;
};

/// One statement as it ran, with its values, and what it did.
struct ActionStatement
{
    QString sql;
    qint64 rows = 0;
};

/// What an action did, or would do.
struct ActionReport
{
    /// The profile's sentence with its count.
    QString sentence;
    qint64 count = 0;
    /// The first mostListed statements.
    std::vector<ActionStatement> statements;
    qint64 statementCount = 0;
    /// Actions that select: keys of the rows.
    std::vector<RowKey> selected;
    bool isDone = false;

    static constexpr std::size_t mostListed = 200;
};

/// A profile's sentence with its number: `{count}`, or `{count:game becomes|games become}` with words for one and for many.
QString countedSentence(const QString &pattern, qint64 count);
/// Parameters of an action as they stand in the profile.
QJsonArray actionParameters(const ProfileAction &action);
/// Reads a parameter as its type wants it. Errors: InvalidInput with a sentence.
[[nodiscard]] Result<Value> actionParameter(const QJsonObject &parameter, const QString &text, Engine engine);

/// Runs the action in one transaction. A rehearsal does all of it and takes it back, so that its counts are the engine's own;
/// it needs a connection that may write unless the action only selects. Blocks.
[[nodiscard]] Result<ActionReport> runAction(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const ActionRequest &request, bool isRehearsal);

/// What an action would do to which rows.
struct CapturedAction
{
    ActionReport report;
    std::vector<CapturedRow> rows;
};
/// Rehearses the action and notes what becomes of each row, so that it can be staged. Errors: Unsupported for actions that do
/// more than change and delete rows, or more of them than ChangeCapture::mostRows. Needs a connection that may write. Blocks.
[[nodiscard]] Result<CapturedAction> captureAction(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile, const ActionRequest &request);

} // namespace turnstone
