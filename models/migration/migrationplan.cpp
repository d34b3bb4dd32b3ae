// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/migration/migrationplan.h"

#include <QCoreApplication>

#include <algorithm>

namespace turnstone {

namespace {

using namespace Qt::StringLiterals;

struct MigrationPlanText
{
    Q_DECLARE_TR_FUNCTIONS(MigrationPlan)
};

Result<> checkState(const MigrationHistory &history, const MigrationState &state)
{
    if (!history.folder)
        return failure(ErrorCode::NotFound, MigrationPlanText::tr("No history is known for this database. Name a folder of migrations, or a system."));
    if (const Result<> known = checkKnown(state); !known)
        return known;
    if (!state.edited.isEmpty()) {
        return failure(ErrorCode::Conflict, MigrationPlanText::tr("%1 was changed after it was run here: the recorded checksum is another. Take the change back and put it into a new migration.")
                                                .arg(state.edited.join(u", "_s)));
    }
    if (!state.pending)
        return failure(ErrorCode::NotFound, MigrationPlanText::tr("Where the schema stands is not recorded and cannot be told from its tables. Stamp the level first, if you know it."));
    return {};
}

Result<std::ptrdiff_t> positionOf(const MigrationFolder &folder, const QString &revision)
{
    const std::ptrdiff_t at = folder.find(revision);
    if (at >= 0)
        return at;
    QStringList names;
    for (const MigrationFile &file : folder.files())
        names.append(file.stem());
    if (names.size() > 6)
        names = names.mid(0, 2) + QStringList{u"…"_s} + names.mid(names.size() - 2);
    return failure(ErrorCode::InvalidInput, MigrationPlanText::tr("There is no revision \"%1\" in this history; there are %2.").arg(revision, names.join(u", "_s)));
}

Result<> addStep(MigrationPlan &plan, const MigrationFile &file, MigrationDirection direction, Engine engine, const MigrationFile *previous)
{
    Result<MigrationPart> part = prepareMigration(file, direction, engine);
    if (!part)
        return failure(part);
    plan.warnings += part->warnings;
    MigrationStep step;
    step.file = file;
    step.direction = direction;
    step.part = std::move(*part);
    if (previous)
        step.previous = *previous;
    plan.steps.push_back(std::move(step));
    return {};
}

} // namespace

QString MigrationStep::title() const
{
    return direction == MigrationDirection::Up ? MigrationPlanText::tr("%1 up").arg(file.stem()) : MigrationPlanText::tr("%1 down").arg(file.stem());
}

Result<> checkKnown(const MigrationState &state)
{
    if (state.unknown.isEmpty())
        return {};
    return failure(ErrorCode::Conflict, MigrationPlanText::tr("The database records %1, which this history does not know: it is newer than the migrations at hand, or belongs to others. Nothing was touched.")
                                            .arg(state.unknown.join(u", "_s)));
}

Result<MigrationPlan> planUp(const MigrationHistory &history, const MigrationState &state, Engine engine, const QString &to, const MigrationPlanOptions &options)
{
    if (const Result<> good = checkState(history, state); !good)
        return failure(good);
    const std::vector<MigrationFile> &files = history.folder->files();
    auto last = static_cast<std::ptrdiff_t>(files.size()) - 1;
    if (!to.isEmpty() && to != "head"_L1) {
        const Result<std::ptrdiff_t> found = positionOf(*history.folder, to);
        if (!found)
            return failure(found);
        last = *found;
    }
    MigrationPlan plan;
    plan.recorded = state.recorded;
    plan.sample = state.sample;
    const std::ptrdiff_t newest = state.newest();
    for (std::ptrdiff_t i = 0; i <= last; ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (state.isApplied[at])
            continue;
        if (i < newest && !options.outOfOrder) {
            return failure(ErrorCode::Conflict, MigrationPlanText::tr("%1 has not been run, but %2, which comes after it, has. Give it a number after that, or ask for running out of order.")
                                                    .arg(files[at].fileName, files[static_cast<std::size_t>(newest)].fileName));
        }
        if (const Result<> added = addStep(plan, files[at], MigrationDirection::Up, engine, nullptr); !added)
            return failure(added);
    }
    return plan;
}

Result<MigrationPlan> planDown(const MigrationHistory &history, const MigrationState &state, Engine engine, const QString &to)
{
    if (const Result<> good = checkState(history, state); !good)
        return failure(good);
    const std::vector<MigrationFile> &files = history.folder->files();
    std::vector<std::size_t> applied;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (state.isApplied[i])
            applied.push_back(i);
    }
    std::size_t keep = 0; // how many of them stay
    bool isCount = false;
    const int steps = to.isEmpty() ? -1 : to.toInt(&isCount);
    if (to.isEmpty() || (isCount && steps < 0)) {
        keep = applied.size() - std::min(applied.size(), static_cast<std::size_t>(-steps));
    } else if (to != "base"_L1) {
        const Result<std::ptrdiff_t> found = positionOf(*history.folder, to);
        if (!found)
            return failure(found);
        if (!state.isApplied[static_cast<std::size_t>(*found)])
            return failure(ErrorCode::InvalidInput, MigrationPlanText::tr("The database does not have %1; there is no way down to it.").arg(files[static_cast<std::size_t>(*found)].stem()));
        keep = static_cast<std::size_t>(std::count_if(applied.begin(), applied.end(), [&](std::size_t i) { return static_cast<std::ptrdiff_t>(i) <= *found; }));
    }
    MigrationPlan plan;
    plan.recorded = state.recorded;
    plan.sample = state.sample;
    for (std::size_t i = applied.size(); i > keep; --i) {
        const MigrationFile *previous = i > 1 ? &files[applied[i - 2]] : nullptr;
        if (const Result<> added = addStep(plan, files[applied[i - 1]], MigrationDirection::Down, engine, previous); !added)
            return failure(added);
    }
    return plan;
}

Result<MigrationPlan> planConversion(const MigrationHistory &history, const MigrationState &state, Engine engine, const QString &toVariant)
{
    for (const MigrationConversion &conversion : history.conversions) {
        const bool isUp = conversion.to == toVariant && conversion.from == history.found;
        const bool isDown = conversion.from == toVariant && conversion.to == history.found && conversion.from != conversion.to;
        if (!isUp && !isDown)
            continue;
        if (const Result<> known = checkKnown(state); !known)
            return failure(known);
        MigrationPlan plan;
        plan.recorded = state.recorded;
        plan.sample = state.sample;
        if (const Result<> added = addStep(plan, conversion.file, isUp ? MigrationDirection::Up : MigrationDirection::Down, engine, nullptr); !added)
            return failure(added);
        plan.steps.back().isRecorded = false;
        return plan;
    }
    return failure(ErrorCode::NotFound, MigrationPlanText::tr("There is no step from \"%1\" to \"%2\".").arg(history.found, toVariant));
}

QString MigrationPlan::toSql(Engine engine, const MigrationTracking &tracking) const
{
    QString sql;
    for (const MigrationStep &step : steps) {
        sql += u"-- %1: %2\n"_s.arg(step.title(), step.file.title);
        bool isOpen = false;
        const auto begin = [&](bool wanted) {
            if (wanted != isOpen)
                sql += wanted ? (engine == Engine::Sqlite ? u"BEGIN IMMEDIATE;\n"_s : u"BEGIN;\n"_s) : u"COMMIT;\n"_s;
            isOpen = wanted;
        };
        if (engine == Engine::Sqlite && step.part.wantsForeignKeysOff)
            sql += u"PRAGMA foreign_keys=OFF;\n"_s;
        for (const MigrationStatement &statement : step.part.statements) {
            begin(statement.inTransaction);
            sql += statement.sql.text.trimmed();
            if (!statement.sql.text.trimmed().endsWith(u';'))
                sql += u';';
            sql += u'\n';
            if (statement.sql.hasCopyData)
                sql += statement.sql.copyData + u"\n\\.\n"_s;
        }
        const QString record = step.isRecorded ? tracking.recordSql(engine, step.file, step.direction == MigrationDirection::Up, step.previous ? &*step.previous : nullptr, sample) : QString();
        if (!record.isEmpty())
            begin(true);
        sql += record;
        if (engine == Engine::Sqlite && step.part.wantsForeignKeysOff)
            sql += u"PRAGMA foreign_key_check;\n"_s;
        begin(false);
        if (engine == Engine::Sqlite && step.part.wantsForeignKeysOff)
            sql += u"PRAGMA foreign_keys=ON;\n"_s;
        sql += u'\n';
    }
    return sql;
}

} // namespace turnstone
