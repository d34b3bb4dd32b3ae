// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationstate.h"

#include "models/profiles/profile.h"

#include <QRegularExpression>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

/// The level of the first rule that the schema fulfils; empty if none does.
QString inferredLevel(const Catalog &catalog, const ResolvedProfile &profile)
{
    const QJsonArray levels = profile.migrations.value("levels"_L1).toArray();
    for (const QJsonValue &level : levels) {
        if (conditionFromJson(level["when"_L1].toObject()).holds(catalog, profile.schema))
            return level["revision"_L1].toString();
    }
    return {};
}

/// Whether a database has nothing of what a history makes: then it stands before the first step.
bool isEmptyFor(const Catalog &catalog, const ResolvedProfile &profile)
{
    return std::none_of(profile.tables.begin(), profile.tables.end(),
                        [&](const TableProfile &table) { return catalog.table(table.name, profile.schema) != nullptr; });
}

/// Finds out which files a database has, from recorded words or from one that was inferred.
class Placing
{
public:
    Placing(const MigrationFolder &history, MigrationState &state) : m_files(history.files()), m_state(state)
    {
        m_state.isApplied.assign(m_files.size(), false);
    }

    bool note(const QString &revision)
    {
        const auto it = std::ranges::find_if(m_files, [&revision](const MigrationFile &file) { return isRevisionOf(revision, file); });
        if (it == m_files.end())
            return false;
        const auto at = it - m_files.begin();
        m_state.isApplied[static_cast<std::size_t>(at)] = true;
        m_oldest = m_oldest < 0 ? at : std::min(m_oldest, at);
        return true;
    }

    /// What was before the first recorded step was there from the start. A step left out in between is pending
    /// only where the application records every one of them.
    void fill(bool isEachRecorded)
    {
        const std::ptrdiff_t end = isEachRecorded ? m_oldest : m_state.newest();
        for (std::ptrdiff_t i = 0; i < end; ++i)
            m_state.isApplied[static_cast<std::size_t>(i)] = true;
    }

private:
    const std::vector<MigrationFile> &m_files;
    MigrationState &m_state;
    std::ptrdiff_t m_oldest = -1;
};

} // namespace

std::ptrdiff_t MigrationState::newest() const
{
    for (auto i = static_cast<std::ptrdiff_t>(isApplied.size()) - 1; i >= 0; --i) {
        if (isApplied[static_cast<std::size_t>(i)])
            return i;
    }
    return -1;
}

bool isRevisionOf(const QString &recorded, const MigrationFile &file)
{
    static const QRegularExpression shape(u"^(\\d{1,18})(?:[_-](.*?))?(?:\\.sql)?$"_s);
    const QRegularExpressionMatch match = shape.match(recorded);
    if (!match.hasMatch() || match.captured(1).toLongLong() != file.number)
        return false;
    return match.captured(2).isEmpty() || match.captured(2).compare(file.name, Qt::CaseInsensitive) == 0;
}

Result<MigrationState> readMigrationState(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                          const MigrationFolder *history)
{
    return readMigrationState(connection, catalog, profile, history, MigrationTracking::ofProfile(catalog, profile));
}

Result<MigrationState> readMigrationState(Connection &connection, const Catalog &catalog, const ResolvedProfile &profile,
                                          const MigrationFolder *history, const MigrationTracking &tracking)
{
    MigrationState state;
    QStringList recorded;
    if (tracking.exists()) {
        state.tracking = tracking.table();
        state.trackingSchema = tracking.schema();
        const Result<QStringList> read = tracking.recorded(connection);
        if (!read)
            return failure(read);
        recorded = *read;
        state.recorded = recorded;
    }
    if (!history) {
        state.current = recorded.value(recorded.size() - 1);
        return state;
    }
    const std::vector<MigrationFile> &files = history->files();
    Placing placing(*history, state);
    for (const QString &revision : std::as_const(recorded)) {
        if (placing.note(revision))
            state.sample = revision;
        else
            state.unknown.append(revision);
    }
    QString sample = state.sample;
    bool isKnown = !recorded.isEmpty() || (tracking.isMadeByRunning() && !tracking.exists());
    if (recorded.isEmpty() && !tracking.isMadeByRunning()) {
        state.isInferred = true;
        // A history of one step was made whole, or the database would not have been recognised.
        const QString level = inferredLevel(catalog, profile);
        const bool isEmpty = isEmptyFor(catalog, profile);
        if ((level.isEmpty() || !placing.note(level)) && files.size() == 1 && !isEmpty)
            (void)placing.note(files.front().stem());
        isKnown = state.newest() >= 0 || isEmpty;
        sample = files.front().stem();
    } else if (recorded.isEmpty()) {
        isKnown = true; // the record is there, or will be made, and is empty: nothing has been run
    }
    const bool isEachRecorded = recorded.size() > 1;
    if (!tracking.isMadeByRunning()) // that one has a row for each from the first one on
        placing.fill(isEachRecorded && tracking.style() == MigrationTracking::Style::RowPerMigration);
    const auto spelled = [&](std::size_t i) { return tracking.spelled(files[i], sample); };
    state.head = spelled(files.size() - 1);
    if (const std::ptrdiff_t newest = state.newest(); newest >= 0)
        state.current = spelled(static_cast<std::size_t>(newest));
    if (!state.unknown.isEmpty())
        state.current = state.unknown.last();
    const Result<QStringList> edited = tracking.edited(connection, *history);
    if (!edited)
        return failure(edited);
    state.edited = *edited;
    QStringList pending;
    for (std::size_t i = 0; i < files.size(); ++i)
        (state.isApplied[i] ? state.applied : pending).append(spelled(i));
    if (isKnown && state.unknown.isEmpty())
        state.pending = pending;
    return state;
}

} // namespace turnstone
