// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/edit/editbuffer.h"

#include <QJsonArray>
#include <QUndoCommand>

#include <algorithm>
#include <set>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

QJsonObject stepToJson(const RowStep &step)
{
    QJsonObject json{{u"address"_s, addressToJson(step.address)}};
    if (step.before)
        json.insert(u"before"_s, stagedRowToJson(*step.before));
    if (step.after)
        json.insert(u"after"_s, stagedRowToJson(*step.after));
    return json;
}

Result<RowStep> stepFromJson(const QJsonObject &json)
{
    const Result<RowAddress> address = addressFromJson(json.value(u"address"_s).toObject());
    if (!address)
        return failure(address);
    RowStep step{*address, {}, {}};
    for (const auto &[key, side] : {std::pair(u"before"_s, &step.before), std::pair(u"after"_s, &step.after)}) {
        if (!json.contains(key))
            continue;
        Result<StagedRow> row = stagedRowFromJson(json.value(key).toObject());
        if (!row)
            return failure(row);
        *side = std::move(*row);
    }
    return step;
}

std::map<QString, Value> witnessOf(const RowImage &image)
{
    std::map<QString, Value> witness;
    for (const QString &column : image.witnessColumns) {
        if (const auto known = image.values.find(column); known != image.values.end())
            witness.emplace(column, known->second);
    }
    return witness;
}

/// What takes a saved row back to what it was; nothing if that is not known.
std::optional<StagedRow> opposite(const StagedRow &saved, const RowKey &key)
{
    if (!saved.goesAlong.empty())
        return std::nullopt; // the row alone would be half of it
    StagedRow row = saved;
    row.witness.clear();
    row.cells.clear();
    for (const auto &[column, cell] : saved.cells) {
        switch (saved.kind) {
        case StagedRow::Kind::Changed:
            if (cell.before)
                row.cells.emplace(column, StagedCell{cell.after, *cell.before});
            break;
        case StagedRow::Kind::Added: row.cells.emplace(column, StagedCell{cell.after, cell.after}); break;
        case StagedRow::Kind::Deleted:
            if (cell.before)
                row.cells.emplace(column, StagedCell{std::nullopt, *cell.before});
            break;
        }
    }
    switch (saved.kind) {
    case StagedRow::Kind::Changed: row.address.key = key; break;
    case StagedRow::Kind::Added:
        if (key.empty())
            return std::nullopt;
        row.kind = StagedRow::Kind::Deleted;
        row.address.key = key;
        row.address.added = 0;
        break;
    case StagedRow::Kind::Deleted:
        row.kind = StagedRow::Kind::Added;
        row.address.key.clear();
        break;
    }
    return row;
}

/// What is still to be done to a row that was edited again while it was being saved.
std::optional<StagedRow> editedSince(const StagedRow &saved, const StagedRow &now, const RowKey &key)
{
    if (saved.kind == StagedRow::Kind::Deleted || key.empty())
        return std::nullopt;
    StagedRow row = now;
    row.address.key = key;
    row.address.added = 0;
    row.cells.clear();
    if (now.kind == StagedRow::Kind::Added)
        row.kind = StagedRow::Kind::Changed;
    for (const auto &[column, cell] : now.cells) {
        const auto was = saved.cells.find(column);
        if (was == saved.cells.end())
            row.cells.emplace(column, cell);
        else if (was->second.after != cell.after)
            row.cells.emplace(column, StagedCell{was->second.after, cell.after});
    }
    // What was taken back meanwhile goes back to what was stored.
    for (const auto &[column, cell] : saved.cells) {
        if (!now.cells.contains(column) && cell.before)
            row.cells.emplace(column, StagedCell{cell.after, *cell.before});
    }
    return row.kind == StagedRow::Kind::Changed && row.cells.empty() ? std::nullopt : std::optional(row);
}

} // namespace

class EditBuffer::StepCommand final : public QUndoCommand
{
public:
    StepCommand(EditBuffer &buffer, const QString &text, std::vector<RowStep> steps) : QUndoCommand(text), m_buffer(buffer), m_steps(std::move(steps)) {}

    void redo() override
    {
        if (std::exchange(m_isFirst, false)) {
            QJsonArray rows;
            for (const RowStep &step : m_steps)
                rows.append(stepToJson(step));
            m_buffer.log({{u"do"_s, u"step"_s}, {u"text"_s, text()}, {u"rows"_s, rows}});
        } else {
            m_buffer.log({{u"do"_s, u"redo"_s}});
        }
        m_buffer.apply(m_steps, true);
    }
    void undo() override
    {
        m_buffer.log({{u"do"_s, u"undo"_s}});
        m_buffer.apply(m_steps, false);
    }

private:
    EditBuffer &m_buffer;
    const std::vector<RowStep> m_steps;
    bool m_isFirst = true;
};

EditBuffer::EditBuffer(QObject *parent) : QObject(parent) {}

EditBuffer::~EditBuffer()
{
    m_undo.disconnect();
    if (m_journal && m_rows.isEmpty())
        (void)m_journal->restart();
}

void EditBuffer::log(const QJsonObject &entry)
{
    if (!m_journal || m_replaying)
        return;
    if (const Result<> written = m_journal->append(entry); !written)
        emit journalFailed(written.error());
}

int EditBuffer::setJournal(EditJournal::Opened opened)
{
    m_journal = std::move(opened.journal);
    m_replaying = true;
    for (const QJsonObject &entry : opened.entries) {
        if (!replay(entry))
            break;
    }
    m_replaying = false;
    emit changed();
    return count();
}

bool EditBuffer::replay(const QJsonObject &entry)
{
    const QString what = entry.value(u"do"_s).toString();
    if (what == u"undo") {
        m_undo.undo();
    } else if (what == u"redo") {
        m_undo.redo();
    } else if (what == u"step") {
        std::vector<RowStep> steps;
        for (const QJsonValue &row : entry.value(u"rows"_s).toArray()) {
            const Result<RowStep> step = stepFromJson(row.toObject());
            if (!step)
                return false;
            m_nextAdded = std::max(m_nextAdded, step->address.added + 1);
            steps.push_back(*step);
        }
        stage(entry.value(u"text"_s).toString(), std::move(steps));
    } else if (what == u"saving") {
        std::vector<SavedRow> rows;
        for (const QJsonValue &each : entry.value(u"rows"_s).toArray()) {
            const QJsonObject row = each.toObject();
            const Result<RowAddress> address = addressFromJson(row.value(u"address"_s).toObject());
            if (!address)
                return false;
            SavedRow saved{*address, {}};
            for (const QJsonValue &part : row.value(u"key"_s).toArray()) {
                const Result<Value> value = storedValueFromJson(part);
                if (!value)
                    return false;
                saved.key.push_back(*value);
            }
            rows.push_back(std::move(saved));
        }
        m_unsettled = std::move(rows);
    } else if (what == u"notSaved") {
        m_unsettled.reset();
    }
    return true;
}

int EditBuffer::countOf(const QString &schema, const QString &table) const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [&](const Entry &entry) { return entry.row.address.table == table && entry.row.address.schema == schema; }));
}

const StagedRow *EditBuffer::row(const RowAddress &address) const
{
    const auto found = m_rows.constFind(address.id());
    return found == m_rows.constEnd() ? nullptr : &found->row;
}

std::vector<StagedRow> EditBuffer::rows() const
{
    std::vector<const Entry *> entries;
    for (const Entry &entry : m_rows)
        entries.push_back(&entry);
    std::ranges::sort(entries, {}, &Entry::order);
    std::vector<StagedRow> rows;
    for (const Entry *entry : entries)
        rows.push_back(entry->row);
    return rows;
}

std::vector<StagedRow> EditBuffer::rowsOf(const QString &schema, const QString &table) const
{
    std::vector<StagedRow> all = rows();
    std::erase_if(all, [&](const StagedRow &row) { return row.address.table != table || row.address.schema != schema; });
    return all;
}

void EditBuffer::stage(const QString &text, std::vector<RowStep> steps)
{
    std::erase_if(steps, [](const RowStep &step) { return step.before == step.after; });
    if (!steps.empty())
        m_undo.push(new StepCommand(*this, text, std::move(steps)));
}

void EditBuffer::put(const RowAddress &address, const std::optional<StagedRow> &row)
{
    const QByteArray id = address.id();
    if (row) {
        Entry &entry = m_rows[id];
        if (entry.order == 0)
            entry.order = m_nextOrder++;
        entry.row = *row;
    } else {
        m_rows.remove(id);
    }
    emit rowChanged(address);
}

void EditBuffer::apply(const std::vector<RowStep> &steps, bool forward)
{
    for (const RowStep &step : steps)
        put(step.address, forward ? step.after : step.before);
    emit changed();
}

Result<RowStep> EditBuffer::changeOf(const RowImage &image, const std::vector<std::pair<QString, Value>> &values) const
{
    const StagedRow *staged = row(image.address);
    RowStep step{image.address, staged ? std::optional(*staged) : std::nullopt, {}};
    StagedRow after = staged ? *staged : StagedRow{image.address, StagedRow::Kind::Changed, image.keyColumns, {}, witnessOf(image), {}};
    if (after.kind == StagedRow::Kind::Deleted)
        return failure(ErrorCode::InvalidInput, tr("This row is to be deleted; take that back to change it."));
    for (const auto &[column, value] : values) {
        const auto present = after.cells.find(column);
        if (after.kind == StagedRow::Kind::Added) {
            after.cells[column] = {std::nullopt, value};
            continue;
        }
        std::optional<Value> before;
        if (present != after.cells.end())
            before = present->second.before;
        else if (const auto known = image.values.find(column); known != image.values.end())
            before = known->second;
        if (!before)
            return failure(ErrorCode::NotFound, tr("The value of %1 is not read whole yet.").arg(column));
        if (*before == value)
            after.cells.erase(column);
        else
            after.cells[column] = {before, value};
    }
    if (after.kind == StagedRow::Kind::Added || !after.cells.empty())
        step.after = std::move(after);
    return step;
}

RowStep EditBuffer::deletionOf(const RowImage &image, std::vector<GoesAlong> goesAlong) const
{
    const StagedRow *staged = row(image.address);
    RowStep step{image.address, staged ? std::optional(*staged) : std::nullopt, {}};
    if (staged && staged->kind == StagedRow::Kind::Added)
        return step; // it never was there
    StagedRow after{image.address, StagedRow::Kind::Deleted, image.keyColumns, {}, witnessOf(image), std::move(goesAlong)};
    for (const auto &[column, value] : image.values)
        after.cells.emplace(column, StagedCell{value, Value::null()});
    if (staged) {
        for (const auto &[column, cell] : staged->cells) {
            if (cell.before)
                after.cells[column] = {cell.before, Value::null()};
        }
    }
    step.after = std::move(after);
    return step;
}

RowStep EditBuffer::additionOf(const QString &schema, const QString &table, const QStringList &keyColumns, const std::map<QString, Value> &values)
{
    StagedRow after{{schema, table, {}, m_nextAdded++}, StagedRow::Kind::Added, keyColumns, {}, {}, {}};
    for (const auto &[column, value] : values)
        after.cells.emplace(column, StagedCell{std::nullopt, value});
    return {after.address, {}, after};
}

RowStep EditBuffer::withdrawalOf(const RowAddress &address) const
{
    const StagedRow *staged = row(address);
    return {address, staged ? std::optional(*staged) : std::nullopt, {}};
}

std::map<QString, Value> EditBuffer::valuesAfter(const RowImage &image) const
{
    std::map<QString, Value> values = image.values;
    if (const StagedRow *staged = row(image.address); staged && staged->kind != StagedRow::Kind::Deleted) {
        for (const auto &[column, cell] : staged->cells)
            values[column] = cell.after;
    }
    return values;
}

Result<> EditBuffer::noteSaving(EditJournal &journal, const std::vector<SavedRow> &rows)
{
    QJsonArray list;
    for (const SavedRow &row : rows) {
        QJsonArray key;
        for (const Value &value : row.key)
            key.append(valueToJson(value));
        list.append(QJsonObject{{u"address"_s, addressToJson(row.address)}, {u"key"_s, key}});
    }
    if (const Result<> noted = journal.append({{u"do"_s, u"saving"_s}, {u"rows"_s, list}}); !noted)
        return noted;
    // Only the journal knows the keys of new rows; all else can be told from the database.
    return std::ranges::any_of(rows, [](const SavedRow &row) { return row.address.added != 0; }) ? journal.sync() : Result<>();
}

void EditBuffer::noteNotSaved()
{
    log({{u"do"_s, u"notSaved"_s}});
    m_unsettled.reset();
}

void EditBuffer::acceptSaved(const std::vector<SavedRow> &saved, const std::vector<StagedRow> &snapshot)
{
    std::vector<RowStep> back;
    std::vector<StagedRow> rest;
    std::vector<RowAddress> done;
    for (const SavedRow &each : saved) {
        const auto was = std::ranges::find(snapshot, each.address, &StagedRow::address);
        if (was == snapshot.end())
            continue;
        const RowKey &key = each.key.empty() ? each.address.key : each.key;
        if (std::optional<StagedRow> reverse = opposite(*was, key)) {
            if (reverse->kind == StagedRow::Kind::Added)
                reverse->address.added = m_nextAdded++;
            back.push_back({reverse->address, reverse, {}});
        }
        const StagedRow *now = row(each.address);
        if (now != nullptr && *now != *was) {
            if (std::optional<StagedRow> later = editedSince(*was, *now, key))
                rest.push_back(*later);
        }
        done.push_back(each.address);
    }
    m_unsettled.reset();
    m_undo.clear();
    for (const RowAddress &address : done)
        m_rows.remove(address.id());
    for (const StagedRow &staged : rows())
        rest.push_back(staged);
    m_rows.clear();
    if (m_journal) {
        if (const Result<> restarted = m_journal->restart(); !restarted)
            emit journalFailed(restarted.error());
    }
    // The history runs from the opposite of the save to nothing: undoing its first step stages the opposite.
    if (!back.empty())
        m_undo.push(new StepCommand(*this, done.size() == 1 ? tr("Save of one row") : tr("Save of %1 rows").arg(done.size()), std::move(back)));
    m_undo.setClean();
    std::vector<RowStep> again;
    for (const StagedRow &staged : rest)
        again.push_back({staged.address, {}, staged});
    stage(tr("Edits made during the save"), std::move(again));
    for (const RowAddress &address : done)
        emit rowChanged(address);
    emit changed();
}

void EditBuffer::settle(bool happened)
{
    if (!m_unsettled)
        return;
    if (happened)
        acceptSaved(std::vector<SavedRow>(*m_unsettled), rows());
    else
        noteNotSaved();
}

} // namespace turnstone
