// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationrun.h"

#include "models/database/session.h"
#include "models/migration/foreignkeys.h"
#include "models/migration/migrationbackup.h"
#include "models/migration/migrationlock.h"

#include <QCoreApplication>
#include <QFile>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationRunText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationRun)
};

/// Errors that only come because the trial does in one transaction what the run does in several.
bool isOnlyOfTheTrial(const Error &error)
{
    return error.detail.contains("unsafe use of new value"_L1) || error.detail.contains("pending trigger events"_L1);
}

class MigrationRun
{
public:
    MigrationRun(Connection &connection, MigrationHistory history, const MigrationPlan &plan, QString sample, const MigrationRunOptions &options)
        : m_connection(connection), m_history(std::move(history)), m_plan(plan), m_sample(std::move(sample)), m_options(options)
    {
    }

    Result<MigrationOutcome> run()
    {
        auto lock = MigrationLock::take(m_connection);
        if (!lock)
            return failure(lock);
        if (const Result<> same = checkRecord(); !same)
            return failure(same);
        if (const Result<> saved = backup(); !saved)
            return failure(saved);
        if (m_options.trial) {
            if (const Result<> tried = trial(); !tried) {
                removeBackup();
                return failure(tried);
            }
        }
        for (std::size_t i = 0; i < m_plan.steps.size(); ++i) {
            if (m_options.stop.stop_requested())
                return tl::unexpected(withPlace({ErrorCode::Cancelled, MigrationRunText::tr("The migration was stopped."), {}, -1}, i));
            if (Result<> done = runStep(i); !done)
                return tl::unexpected(withPlace(done.error(), i));
            m_outcome.done.append(m_plan.steps[i].title());
            say(MigrationRunText::tr("%1: done.").arg(m_plan.steps[i].title()));
        }
        return m_outcome;
    }

private:
    void say(const QString &sentence) const
    {
        if (m_options.log)
            m_options.log(sentence);
    }

    void show(MigrationProgress::Phase phase, std::size_t step, std::size_t done, std::size_t total) const
    {
        if (m_options.progress)
            m_options.progress({phase, static_cast<int>(step), static_cast<int>(m_plan.steps.size()), static_cast<qint64>(done), static_cast<qint64>(total)});
    }

    Result<> checkRecord()
    {
        if (m_history.tracking.style() == MigrationTracking::Style::None)
            return {};
        const Result<QStringList> now = m_history.tracking.recorded(m_connection);
        if (!now)
            return failure(now);
        if (*now != m_plan.recorded)
            return failure(ErrorCode::Conflict, MigrationRunText::tr("Somebody else has migrated this database meanwhile. Look again at where it stands."));
        return {};
    }

    Result<> backup()
    {
        if (!m_options.backup || m_plan.steps.empty())
            return {};
        const Result<QString> made = backupBefore(m_connection, u"before-"_s + m_plan.steps.front().file.stem(), m_options);
        if (!made)
            return failure(made);
        m_outcome.backupFile = *made;
        say(made->isEmpty() ? MigrationRunText::tr("There is nothing to back up yet.") : MigrationRunText::tr("Backup: %1").arg(*made));
        return {};
    }

    /// Nothing was changed, so the copy is of no use; copies of gigabytes would pile up with each attempt.
    void removeBackup()
    {
        if (m_outcome.backupFile.isEmpty() || !m_options.backupFile.isEmpty() || !QFile::remove(m_outcome.backupFile))
            return;
        say(MigrationRunText::tr("Nothing was changed, so the backup was removed again."));
        m_outcome.backupFile.clear();
    }

    bool wantsForeignKeysOff(std::size_t from, std::size_t to) const
    {
        return std::any_of(m_plan.steps.begin() + static_cast<std::ptrdiff_t>(from), m_plan.steps.begin() + static_cast<std::ptrdiff_t>(to),
                           [](const MigrationStep &step) { return step.part.wantsForeignKeysOff; });
    }

    Result<> trial()
    {
        const auto apart = std::find_if(m_plan.steps.begin(), m_plan.steps.end(), [](const MigrationStep &step) { return step.part.runsApart; });
        const auto count = static_cast<std::size_t>(apart - m_plan.steps.begin());
        if (apart != m_plan.steps.end())
            note(MigrationRunText::tr("%1 cannot be tried beforehand, because it runs outside a transaction.").arg(apart->title()));
        if (count == 0)
            return {};
        const ForeignKeysSwitch keys(m_connection, !wantsForeignKeysOff(0, count));
        if (const Result<> begun = m_connection.begin(); !begun)
            return begun;
        Result<> outcome;
        for (std::size_t i = 0; i < count && outcome; ++i) {
            outcome = runWithin(i, MigrationProgress::Phase::Trial);
            if (!outcome && i > 0 && isOnlyOfTheTrial(outcome.error())) {
                note(MigrationRunText::tr("%1 could not be tried beforehand: it needs the step before it to be committed.").arg(m_plan.steps[i].title()));
                outcome = {};
                break;
            }
        }
        m_connection.rollback();
        m_outcome.counts.clear(); // of the trial
        if (!outcome) {
            Error error = outcome.error();
            if (error.code != ErrorCode::Cancelled)
                error.message += MigrationRunText::tr(" It was tried in a transaction that was rolled back; nothing was changed.");
            return tl::unexpected(error);
        }
        say(MigrationRunText::tr("Tried in a transaction that was rolled back: all well."));
        return {};
    }

    Result<> runStep(std::size_t index)
    {
        const MigrationStep &step = m_plan.steps[index];
        const ForeignKeysSwitch keys(m_connection, !step.part.wantsForeignKeysOff);
        if (step.part.runsApart)
            return runApart(index);
        auto work = [&](Connection &) { return runWithin(index, MigrationProgress::Phase::Run); };
        return Session::inTransaction(m_connection, work);
    }

    /// All of a step and its record, in the transaction that is open.
    Result<> runWithin(std::size_t index, MigrationProgress::Phase phase)
    {
        const MigrationStep &step = m_plan.steps[index];
        if (const Result<> placed = useSchema(); !placed)
            return placed;
        const bool checksKeys = m_connection.engine() == Engine::Sqlite && step.part.wantsForeignKeysOff;
        DanglingRows dangling;
        if (checksKeys) {
            Result<DanglingRows> found = danglingRows(m_connection);
            if (!found)
                return failure(found);
            dangling = std::move(*found);
        }
        const Result<std::vector<qint64>> before = counts(step, true);
        if (!before)
            return failure(before);
        for (std::size_t i = 0; i < step.part.statements.size(); ++i) {
            show(phase, index, i, step.part.statements.size());
            if (const Result<> done = runStatement(m_connection, step.file, step.part.statements[i]); !done)
                return done;
        }
        show(phase, index, step.part.statements.size(), step.part.statements.size());
        if (const Result<> same = compareCounts(step, *before); !same)
            return same;
        if (checksKeys) {
            if (const Result<> good = checkDangling(step, dangling); !good)
                return good;
        }
        return record(step);
    }

    /// Statements that the engine refuses in a transaction stand alone, those between them together.
    Result<> runApart(std::size_t index)
    {
        const MigrationStep &step = m_plan.steps[index];
        for (const QString &warning : step.part.warnings)
            note(warning);
        for (std::size_t i = 0; i < step.part.statements.size(); ++i) {
            const MigrationStatement &statement = step.part.statements[i];
            show(MigrationProgress::Phase::Run, index, i, step.part.statements.size());
            if (const Result<> set = statement.inTransaction ? enter() : leave(); !set)
                return set;
            if (const Result<> done = runStatement(m_connection, step.file, statement); !done) {
                m_connection.rollback();
                return done;
            }
        }
        if (const Result<> set = enter(); !set)
            return set;
        if (const Result<> recorded = record(step); !recorded) {
            m_connection.rollback();
            return recorded;
        }
        return leave();
    }

    Result<> enter()
    {
        if (m_connection.isInTransaction())
            return {};
        if (const Result<> begun = m_connection.begin(); !begun)
            return begun;
        return useSchema();
    }

    Result<> leave() { return m_connection.isInTransaction() ? m_connection.commit() : Result<>(); }

    /// The application's tables may lie elsewhere than in the first schema of the search path.
    Result<> useSchema()
    {
        if (m_connection.engine() == Engine::Sqlite || m_history.schema.isEmpty())
            return {};
        const Result<Value> current = m_connection.queryValue(u"SELECT current_schema()"_s);
        if (current && current->toDisplayText() == m_history.schema)
            return {};
        const auto set = m_connection.execute(u"SELECT set_config('search_path', quote_ident($1) || ', ' || current_setting('search_path'), true)"_s,
                                              Parameters{Value::text(m_history.schema)});
        return set ? Result<>() : Result<>(failure(set));
    }

    Result<std::vector<qint64>> counts(const MigrationStep &step, bool isBefore)
    {
        std::vector<qint64> figures;
        const bool isLower = (step.direction == MigrationDirection::Up) == isBefore;
        for (const MigrationCount &count : step.file.counts) {
            const Result<Value> figure = m_connection.queryValue(isLower ? count.lower : count.upper);
            if (!figure) {
                Error error = figure.error();
                error.message = MigrationRunText::tr("%1: %2 could not be counted: %3").arg(step.file.fileName, count.title, error.message);
                return tl::unexpected(error);
            }
            figures.push_back(figure->toDisplayText().toLongLong());
        }
        return figures;
    }

    Result<> compareCounts(const MigrationStep &step, const std::vector<qint64> &before)
    {
        const Result<std::vector<qint64>> after = counts(step, false);
        if (!after)
            return failure(after);
        for (std::size_t i = 0; i < before.size(); ++i) {
            const QString &title = step.file.counts[i].title;
            if (before[i] != (*after)[i]) {
                return failure(ErrorCode::Conflict, MigrationRunText::tr("%1: %2 would be %3 instead of %4. Nothing of the step was kept.")
                                                        .arg(step.title(), title, QString::number((*after)[i]), QString::number(before[i])));
            }
            m_outcome.counts.push_back({title, before[i], (*after)[i]});
        }
        return {};
    }

    Result<> checkDangling(const MigrationStep &step, const DanglingRows &before)
    {
        const Result<DanglingRows> after = danglingRows(m_connection);
        if (!after)
            return failure(after);
        for (const auto &[key, rows] : *after) {
            const auto known = before.find(key);
            const qint64 old = known == before.end() ? 0 : known->second;
            if (rows > old) {
                return failure(ErrorCode::Constraint, MigrationRunText::tr("%1 would leave %2 rows that point to nothing (%3). Nothing of the step was kept.")
                                                          .arg(step.title(), QString::number(rows - old), key));
            }
        }
        return {};
    }

    Result<> record(const MigrationStep &step)
    {
        if (!step.isRecorded)
            return {};
        if (step.direction == MigrationDirection::Up)
            return m_history.tracking.record(m_connection, step.file, m_sample);
        return m_history.tracking.forget(m_connection, step.file, step.previous ? &*step.previous : nullptr, m_sample);
    }

    void note(const QString &sentence)
    {
        if (m_outcome.notes.contains(sentence))
            return;
        m_outcome.notes.append(sentence);
        say(sentence);
    }

    Error withPlace(Error error, std::size_t index) const
    {
        if (index > 0)
            error.message += MigrationRunText::tr(" The steps before it stay: %1.").arg(m_outcome.done.join(u", "_s));
        if (!m_outcome.backupFile.isEmpty() && error.code != ErrorCode::Cancelled)
            error.message += MigrationRunText::tr(" Backup: %1.").arg(m_outcome.backupFile);
        return error;
    }

    Connection &m_connection;
    MigrationHistory m_history;
    const MigrationPlan &m_plan;
    const QString m_sample;
    const MigrationRunOptions &m_options;
    MigrationOutcome m_outcome;
};

} // namespace

Result<MigrationOutcome> runMigrations(Connection &connection, MigrationHistory history, const MigrationState &state, const MigrationPlan &plan,
                                       const MigrationRunOptions &options)
{
    return MigrationRun(connection, std::move(history), plan, state.sample, options).run();
}

Result<> stampMigrations(Connection &connection, MigrationHistory history, const MigrationState &state, const QString &revision)
{
    if (!history.folder)
        return failure(ErrorCode::NotFound, MigrationRunText::tr("No history is known for this database. Name a folder of migrations, or a system."));
    if (history.tracking.style() == MigrationTracking::Style::None)
        return failure(ErrorCode::Unsupported, MigrationRunText::tr("This application records no migrations, so there is nothing to stamp; where its schema stands follows from its tables."));
    if (const Result<> known = checkKnown(state); !known)
        return known;
    std::ptrdiff_t last = -1;
    if (revision == "head"_L1 || revision.isEmpty()) {
        last = static_cast<std::ptrdiff_t>(history.folder->files().size()) - 1;
    } else if (revision != "base"_L1) {
        last = history.folder->find(revision);
        if (last < 0)
            return failure(ErrorCode::InvalidInput, MigrationRunText::tr("There is no revision \"%1\" in this history.").arg(revision));
    }
    std::vector<const MigrationFile *> applied;
    for (std::ptrdiff_t i = 0; i <= last; ++i)
        applied.push_back(&history.folder->files()[static_cast<std::size_t>(i)]);
    auto lock = MigrationLock::take(connection);
    if (!lock)
        return failure(lock);
    auto work = [&](Connection &target) { return history.tracking.stamp(target, applied, state.sample); };
    return Session::inTransaction(connection, work);
}

} // namespace turnstone
