// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editsession.h"

#include "models/core/async.h"
#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "models/profiles/rowsql.h"

#include <QDateTime>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

QString writeAccessWord(WriteAccess access)
{
    return access == WriteAccess::ReadOnly ? u"read-only"_s : access == WriteAccess::Free ? u"free"_s : u"ask"_s;
}

WriteAccess writeAccessFromWord(const QString &word, WriteAccess otherwise)
{
    for (const WriteAccess access : {WriteAccess::ReadOnly, WriteAccess::Ask, WriteAccess::Free}) {
        if (writeAccessWord(access) == word)
            return access;
    }
    return otherwise;
}

QString writeRefusal(WriteAccess access, bool isForbidden)
{
    if (isForbidden)
        return EditSession::tr("This database was opened read-only. To write to it, open it again without --read-only and with no mode=ro or immutable=1 in its URL.");
    return access == WriteAccess::ReadOnly ? EditSession::tr("This database is set to read-only. The status bar changes that.") : QString();
}

EditSession::EditSession(SessionPool &pool, std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile, QObject *parent)
    : QObject(parent), m_pool(pool), m_catalog(std::move(catalog)), m_profile(std::move(profile))
{
    connect(&m_buffer, &EditBuffer::journalFailed, this, &EditSession::failed);
    connect(&m_buffer, &EditBuffer::rowChanged, this, [this](const RowAddress &row) {
        if (m_problems.erase(row.id()) > 0)
            emit problemsChanged();
    });
}

EditSession::~EditSession()
{
    m_buffer.disconnect(this);
}

void EditSession::setFacts(std::shared_ptr<const Catalog> catalog, std::shared_ptr<const ResolvedProfile> profile)
{
    m_catalog = std::move(catalog);
    m_profile = std::move(profile);
}

void EditSession::setAccess(WriteAccess access)
{
    if (m_access == access || isForbidden())
        return;
    m_access = access;
    emit accessChanged();
}

void EditSession::openJournal(const QString &folder)
{
    if (isForbidden())
        return;
    // QFuture wants its results to be copyable.
    using Opened = std::shared_ptr<EditJournal::Opened>;
    const auto open = [folder, url = m_pool.url()](Connection &) -> Result<Opened> {
        Result<EditJournal::Opened> opened = EditJournal::open(folder, url.identity());
        return opened ? Result<Opened>(std::make_shared<EditJournal::Opened>(std::move(*opened))) : failure(opened);
    };
    onResult(m_pool.read(open), this, [this](const Result<Opened> &opened) {
        if (!opened) {
            emit failed(opened.error());
            return;
        }
        if (!m_buffer.isEmpty() || m_buffer.undoStack()->count() > 0) {
            // Somebody was faster than the disk: what is staged goes into the journal behind what was there.
            const std::vector<StagedRow> early = m_buffer.rows();
            std::vector<RowStep> steps;
            for (const StagedRow &row : early)
                steps.push_back(m_buffer.withdrawalOf(row.address));
            m_buffer.stage(tr("Edits"), steps);
            m_buffer.undoStack()->clear();
            m_buffer.setJournal(std::move(**opened));
            for (RowStep &step : steps)
                std::swap(step.before, step.after);
            m_buffer.stage(tr("Edits"), std::move(steps));
            return;
        }
        const QString damage = (*opened)->damage;
        const int rows = m_buffer.setJournal(std::move(**opened));
        if (m_buffer.unsettled())
            settleUnsettled();
        else if (rows > 0 || !damage.isEmpty())
            emit restored(rows, damage);
    });
}

void EditSession::settleUnsettled()
{
    const auto look = [catalog = m_catalog, rows = m_buffer.rows(), saving = *m_buffer.unsettled()](Connection &connection) { return turnstone::isSaved(connection, *catalog, rows, saving); };
    onResult(m_pool.read(look), this, [this](const Result<bool> &happened) {
        if (!happened) {
            emit failed(happened.error());
            return;
        }
        m_buffer.settle(*happened);
        if (!m_buffer.isEmpty())
            emit restored(m_buffer.count(), {});
    });
}

QString EditSession::refusal(const CatalogTable &table, const QString &column) const
{
    if (const QString no = writeRefusal(access(), isForbidden()); !no.isEmpty())
        return no;
    const RowIdentity identity = rowIdentityOf(table, tableProfile(*m_profile, table));
    if (!identity.isUsable())
        return identity.refusal;
    return column.isEmpty() ? QString() : columnRefusal(table, column);
}

EditSession::Intent EditSession::setValue(const CatalogTable &table, const RowImage &image, const QString &column, const Value &value, bool mayRename)
{
    if (const QString no = refusal(table, column); !no.isEmpty())
        return {Intent::Kind::Refused, no, {}};
    const TableProfile *profile = tableProfile(*m_profile, table);
    const std::map<QString, Value> now = m_buffer.valuesAfter(image);
    const PlannedEdit plan = planEdit(table, profile, now, {{column, value}}, QDateTime::currentDateTimeUtc());
    if (plan.values.empty())
        return {Intent::Kind::Unchanged, {}, {}};
    if (const RuleBreach *breach = plan.refusal())
        return {Intent::Kind::Refused, breach->sentence, breach->rule};
    if (plan.immutable && image.address.added == 0)
        return {Intent::Kind::Immutable, plan.immutable->sentence, {}};
    if (mayRename && image.address.added == 0 && isMentioned(table, column) && !value.isNull())
        return {Intent::Kind::Renames, {}, {}};
    const Result<RowStep> step = m_buffer.changeOf(image, plan.values);
    if (!step)
        return {Intent::Kind::Refused, step.error().message, {}};
    m_buffer.stage(tr("Change of %1 in %2").arg(column, image.address.text()), {*step});
    const bool isUnusual = !plan.breaches.empty();
    return {Intent::Kind::Staged, isUnusual ? plan.breaches.front().sentence : QString(), isUnusual ? plan.breaches.front().rule : QString()};
}

EditSession::Intent EditSession::stageFork(const CatalogTable &table, const RowImage &image, const QString &column, const Value &value)
{
    const TableProfile *profile = tableProfile(*m_profile, table);
    const auto rule = EditRules(table, profile).immutable(column);
    if (!rule)
        return {Intent::Kind::Unchanged, {}, {}};
    const std::map<QString, Value> now = m_buffer.valuesAfter(image);
    RowKey identity;
    for (const QString &part : RowSql(*m_catalog, *m_profile).identity(table)) {
        const auto known = now.find(part);
        identity.push_back(known == now.end() ? image.address.key.front() : known->second);
    }
    for (const CatalogColumn &each : table.columns) {
        if (!each.hidden && !each.generated && !now.contains(each.name))
            return {Intent::Kind::Refused, tr("The value of %1 is not read whole yet.").arg(each.name), {}};
    }
    const std::map<QString, Value> fork = forkOf(table, profile, *rule, now, identity, {{column, value}}, QDateTime::currentDateTimeUtc());
    m_buffer.stage(tr("Fork of %1").arg(image.address.text()), {m_buffer.additionOf(table.schema, table.name, image.keyColumns, fork)});
    return {Intent::Kind::Staged, {}, {}};
}

EditSession::Intent EditSession::stageAddition(const CatalogTable &table, const std::map<QString, Value> &values)
{
    if (const QString no = refusal(table); !no.isEmpty())
        return {Intent::Kind::Refused, no, {}};
    const TableProfile *profile = tableProfile(*m_profile, table);
    const PlannedEdit plan = planAddition(table, profile, values, QDateTime::currentDateTimeUtc());
    if (const RuleBreach *breach = plan.refusal())
        return {Intent::Kind::Refused, breach->sentence, breach->rule};
    m_buffer.stage(tr("New row of %1").arg(table.name),
                   {m_buffer.additionOf(table.schema, table.name, rowIdentityOf(table, profile).columns, std::map<QString, Value>(plan.values.begin(), plan.values.end()))});
    return {Intent::Kind::Staged, {}, {}};
}

bool EditSession::isMentioned(const CatalogTable &table, const QString &column) const
{
    return std::ranges::any_of(m_profile->tables, [&](const TableProfile &other) {
        return std::ranges::any_of(other.columns, [&](const ColumnProfile &text) {
            return std::ranges::any_of(text.mentions, [&](const ColumnProfile::Mention &mention) { return mention.table == table.name && mention.column == column; });
        });
    });
}

QFuture<Result<std::vector<MentionChange>>> EditSession::mentionsOf(const CatalogTable &table, const QString &column, const Value &before, const Value &after)
{
    return m_pool.read([catalog = m_catalog, profile = m_profile, name = table.name, schema = table.schema, column, before, after](Connection &connection) -> Result<std::vector<MentionChange>> {
        const CatalogTable *own = catalog->table(name, schema);
        return own ? planRename(connection, *catalog, *profile, *own, column, before, after) : std::vector<MentionChange>();
    });
}

EditSession::Intent EditSession::stageRename(const CatalogTable &table, const RowImage &image, const QString &column, const Value &value, const std::vector<MentionChange> &mentions)
{
    const PlannedEdit plan = planEdit(table, tableProfile(*m_profile, table), m_buffer.valuesAfter(image), {{column, value}}, QDateTime::currentDateTimeUtc());
    const Result<RowStep> own = m_buffer.changeOf(image, plan.values);
    if (!own)
        return {Intent::Kind::Refused, own.error().message, {}};
    std::vector<RowStep> steps{*own};
    for (const MentionChange &mention : mentions) {
        const Result<RowStep> step = m_buffer.changeOf(mention.image, {{mention.column, mention.after}});
        if (!step)
            return {Intent::Kind::Refused, step.error().message, {}};
        const auto twice = std::ranges::find(steps, step->address, &RowStep::address);
        if (twice == steps.end())
            steps.push_back(*step);
        else if (twice->after && step->after)
            twice->after->cells.insert(step->after->cells.begin(), step->after->cells.end());
    }
    m_buffer.stage(tr("Rename of %1").arg(image.address.text()), std::move(steps));
    return {Intent::Kind::Staged, {}, {}};
}

EditSession::Intent EditSession::stageOrder(const CatalogTable &table, const std::vector<RowImage> &rows)
{
    const TableProfile *profile = tableProfile(*m_profile, table);
    std::vector<std::map<QString, Value>> values;
    for (const RowImage &row : rows)
        values.push_back(m_buffer.valuesAfter(row));
    const PlannedOrder plan = planOrder(table, profile, values);
    if (const QString no = refusal(table, plan.column); !no.isEmpty())
        return {Intent::Kind::Refused, no, {}};
    std::vector<RowStep> steps;
    for (const auto &[position, value] : plan.changes) {
        const Result<RowStep> step = m_buffer.changeOf(rows[position], {{plan.column, value}});
        if (!step)
            return {Intent::Kind::Refused, step.error().message, {}};
        steps.push_back(*step);
    }
    if (steps.empty())
        return {Intent::Kind::Unchanged, {}, {}};
    m_buffer.stage(tr("New order in %1").arg(table.name), std::move(steps));
    return {Intent::Kind::Staged, {}, {}};
}

void EditSession::withdraw(const std::vector<RowAddress> &rows, const QString &text)
{
    std::vector<RowStep> steps;
    for (const RowAddress &row : rows)
        steps.push_back(m_buffer.withdrawalOf(row));
    m_buffer.stage(text, std::move(steps));
}

void EditSession::merge(const RowAddress &address, const std::map<QString, Value> &storedNow, const std::map<QString, Value> &mine)
{
    const StagedRow *staged = m_buffer.row(address);
    if (staged == nullptr)
        return;
    RowStep step{address, *staged, *staged};
    for (const auto &[column, now] : storedNow) {
        const auto cell = step.after->cells.find(column);
        if (cell == step.after->cells.end())
            continue;
        cell->second.before = now;
        if (const auto chosen = mine.find(column); chosen != mine.end())
            cell->second.after = chosen->second;
        if (step.after->kind == StagedRow::Kind::Changed && cell->second.after == now)
            step.after->cells.erase(cell);
    }
    if (step.after->kind == StagedRow::Kind::Changed && step.after->cells.empty())
        step.after.reset();
    m_problems.erase(address.id());
    m_buffer.stage(tr("Merge of %1").arg(address.text()), {std::move(step)});
    emit problemsChanged();
}

void EditSession::stageDeletion(const std::vector<RowImage> &rows, const std::vector<std::vector<GoesAlong>> &goesAlong)
{
    std::vector<RowStep> steps;
    for (std::size_t i = 0; i < rows.size(); ++i)
        steps.push_back(m_buffer.deletionOf(rows[i], i < goesAlong.size() ? goesAlong[i] : std::vector<GoesAlong>()));
    const QString text = rows.size() == 1 ? tr("Delete of %1").arg(rows.front().address.text()) : tr("Delete of %1 rows").arg(rows.size());
    m_buffer.stage(text, std::move(steps));
}

EditSession::Intent EditSession::stageCaptured(const QString &text, const std::vector<CapturedRow> &rows)
{
    if (const QString no = writeRefusal(access(), isForbidden()); !no.isEmpty())
        return {Intent::Kind::Refused, no, {}};
    std::vector<RowStep> steps;
    for (const CapturedRow &row : rows) {
        if (row.isDeleted) {
            steps.push_back(m_buffer.deletionOf(row.before, row.goesAlong));
            continue;
        }
        const Result<RowStep> step = m_buffer.changeOf(row.before, row.after);
        if (!step)
            return {Intent::Kind::Refused, tr("%1: %2").arg(row.before.address.text(), step.error().message), {}};
        steps.push_back(*step);
    }
    if (steps.empty())
        return {Intent::Kind::Unchanged, {}, {}};
    m_buffer.stage(text, std::move(steps));
    return {Intent::Kind::Staged, {}, {}};
}

void EditSession::save()
{
    if (m_isSaving || m_buffer.isEmpty())
        return;
    if (const QString no = writeRefusal(access(), isForbidden()); !no.isEmpty()) {
        emit failed({ErrorCode::ReadOnly, no, {}, -1});
        return;
    }
    m_isSaving = true;
    const std::vector<StagedRow> rows = m_buffer.rows();
    const auto job = [catalog = m_catalog, profile = m_profile, rows, journal = m_buffer.journal()](Connection &connection) -> Result<SaveReport> {
        SaveOptions options;
        if (journal != nullptr)
            options.beforeCommit = [journal](const std::vector<SavedRow> &saving) { return EditBuffer::noteSaving(*journal, saving); };
        return saveEdits(connection, *catalog, *profile, rows, options);
    };
    onResult(m_pool.runOnWriter(job), this, [this, rows](const Result<SaveReport> &report) { finishSave(rows, report); });
}

void EditSession::finishSave(const std::vector<StagedRow> &rows, const Result<SaveReport> &report)
{
    m_isSaving = false;
    m_problems.clear();
    if (report && report->isSaved) {
        m_buffer.acceptSaved(report->rows, rows);
        emit problemsChanged();
        emit saved(static_cast<int>(report->rows.size()));
        return;
    }
    if (!report && report.error().code == ErrorCode::OutcomeUnknown) {
        emit failed(report.error());
        return;
    }
    m_buffer.noteNotSaved();
    if (!report) {
        emit failed(report.error());
        return;
    }
    for (const SaveProblem &problem : report->problems)
        m_problems.emplace(problem.row.id(), problem);
    emit problemsChanged();
    emit notSaved(report->problems.size() == 1 ? tr("Nothing was saved. %1: %2").arg(report->problems.front().row.text(), report->problems.front().sentence)
                                               : tr("Nothing was saved: %1 rows need a look.").arg(report->problems.size()));
}

const SaveProblem *EditSession::problem(const RowAddress &row) const
{
    const auto found = m_problems.find(row.id());
    return found == m_problems.end() ? nullptr : &found->second;
}

QFuture<Result<ActionReport>> EditSession::run(const ActionRequest &request, bool isRehearsal)
{
    if (const QString no = writeRefusal(access(), isForbidden()); !no.isEmpty())
        return QtFuture::makeReadyFuture(Result<ActionReport>(failure(ErrorCode::ReadOnly, no)));
    return m_pool.runOnWriter([catalog = m_catalog, profile = m_profile, request, isRehearsal](Connection &connection) { return runAction(connection, *catalog, *profile, request, isRehearsal); });
}

} // namespace turnstone
