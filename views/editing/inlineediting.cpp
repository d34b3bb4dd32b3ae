// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/inlineediting.h"

#include "models/core/async.h"
#include "models/edit/profilevalues.h"
#include "models/edit/rowidentity.h"
#include "models/edit/valuetext.h"
#include "views/editing/deletedialog.h"
#include "views/editing/forkdialog.h"
#include "views/editing/renamedialog.h"
#include "views/editing/rowdialog.h"
#include "views/editing/valuedialog.h"
#include "views/editing/valueeditors.h"

#include <QMenu>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

Value valueNow(const EditTarget &target)
{
    const std::map<QString, Value> row = target.context.edits->buffer().valuesAfter(target.image);
    const auto found = row.find(target.column);
    return found == row.end() ? Value() : found->second;
}

} // namespace

InlineEditing::InlineEditing(QWidget *window, QObject *parent) : CellEditing(parent), m_window(window) {}

bool InlineEditing::isAllowed(const EditTarget &target)
{
    if (target.context.edits == nullptr || target.table == nullptr)
        return false;
    QString no = target.context.edits->refusal(*target.table, target.column);
    if (no.isEmpty() && target.image.address.key.empty() && target.image.address.added == 0)
        no = tr("This row cannot be told from others: its key is not known.");
    if (!no.isEmpty())
        emit refused(no);
    return no.isEmpty();
}

void InlineEditing::withWhole(const EditTarget &target, const Known &then, bool wholeRow)
{
    const auto isKnown = [&](const CatalogColumn &column) { return column.hidden || target.image.values.contains(column.name); };
    const bool isWhole = target.image.address.added != 0 || (wholeRow ? std::ranges::all_of(target.table->columns, isKnown) : target.image.values.contains(target.column));
    if (isWhole) {
        then(target);
        return;
    }
    const auto read = [context = target.context, name = target.table->name, schema = target.table->schema, image = target.image](Connection &connection) {
        const CatalogTable *table = context.catalog->table(name, schema);
        return readImage(connection, *table, tableProfile(*context.profile, *table), image.keyColumns, image.address.key);
    };
    onResult(target.context.pool->read(read), this, [this, target, then](const Result<RowImage> &image) {
        if (!image) {
            emit refused(image.error().message);
            return;
        }
        EditTarget whole = target;
        whole.image = *image;
        then(whole);
    });
}

QWidget *InlineEditing::createEditor(QWidget *parent, const EditTarget &target)
{
    if (!isAllowed(target))
        return nullptr;
    if (target.image.values.contains(target.column) || target.image.address.added != 0) {
        if (QWidget *editor = makeLineEditor(target, valueNow(target), parent))
            return editor;
    }
    editLarge(target);
    return nullptr;
}

void InlineEditing::commit(QWidget *widget, const EditTarget &target)
{
    const ValueEditor *editor = valueEditorOf(widget);
    if (editor == nullptr || !editor->isTouched())
        return;
    const Result<Value> value = editor->value();
    if (value)
        set(target, *value);
    else
        emit refused(value.error().message);
}

void InlineEditing::set(const EditTarget &target, const Value &value)
{
    const EditSession::Intent intent = target.context.edits->setValue(*target.table, target.image, target.column, value, true);
    switch (intent.kind) {
    case EditSession::Intent::Kind::Immutable: offerFork(target, value, intent.sentence); break;
    case EditSession::Intent::Kind::Renames: offerRename(target, value); break;
    default: tell(intent);
    }
}

void InlineEditing::tell(const EditSession::Intent &intent)
{
    const QString words = intent.rule.isEmpty() ? intent.sentence : intent.sentence + u"  "_s + tr("Rule: %1").arg(intent.rule);
    if (intent.kind == EditSession::Intent::Kind::Refused)
        emit refused(words);
    else if (!words.isEmpty())
        emit noted(words);
}

void InlineEditing::setNull(const EditTarget &target)
{
    if (isAllowed(target))
        withWhole(target, [this](const EditTarget &whole) { set(whole, Value::null()); });
}

void InlineEditing::setEmpty(const EditTarget &target)
{
    if (!isAllowed(target))
        return;
    const ColumnKind kind = columnKind(*target.table, target.column);
    if (kind != ColumnKind::Text && kind != ColumnKind::Any && kind != ColumnKind::Json) {
        emit refused(tr("%1 holds no text: it cannot be empty.").arg(target.column));
        return;
    }
    withWhole(target, [this](const EditTarget &whole) { set(whole, Value::text(QByteArray())); });
}

void InlineEditing::revert(const EditTarget &target)
{
    if (target.context.edits != nullptr)
        target.context.edits->withdraw({target.image.address}, tr("Back to what is stored"));
}

void InlineEditing::editLarge(const EditTarget &target)
{
    if (!isAllowed(target))
        return;
    withWhole(target, [this](const EditTarget &whole) {
        auto *dialog = new ValueDialog(whole, valueNow(whole), m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &ValueDialog::valueChosen, this, [this, whole](const Value &value) { set(whole, value); });
        dialog->open();
    });
}

void InlineEditing::addRow(const DatabaseContext &context, const CatalogTable &table, const RowImage &like)
{
    EditTarget target{context, context.catalog->table(table.name, table.schema), like, {}};
    if (context.edits == nullptr)
        return;
    if (const QString no = context.edits->refusal(*target.table); !no.isEmpty()) {
        emit refused(no);
        return;
    }
    const auto open = [this](const EditTarget &whole) {
        std::map<QString, Value> begin = whole.context.edits->buffer().valuesAfter(whole.image);
        for (const QString &column : whole.table->primaryKey) {
            const CatalogColumn *known = whole.table->column(column);
            // A key of one column is the row's own; of several it is mostly made of others' keys.
            if (whole.table->primaryKey.size() == 1 && known != nullptr)
                begin.erase(column);
        }
        begin.erase(whole.table->rowidAlias());
        auto *dialog = new RowDialog(whole.context, *whole.table, begin, m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    };
    if (like.address.key.empty())
        open(target);
    else
        withWhole(target, open, true);
}

void InlineEditing::deleteRows(const DatabaseContext &context, const CatalogTable &table, const std::vector<RowImage> &rows)
{
    const CatalogTable *own = context.catalog->table(table.name, table.schema);
    if (context.edits == nullptr || own == nullptr || rows.empty())
        return;
    QString no = context.edits->refusal(*own);
    if (no.isEmpty() && rows.size() > DeleteDialog::mostRows)
        no = tr("These are %1 rows; up to %2 can be deleted at once.").arg(rows.size()).arg(DeleteDialog::mostRows);
    if (!no.isEmpty()) {
        emit refused(no);
        return;
    }
    if (std::ranges::all_of(rows, [](const RowImage &row) { return row.address.added != 0; })) {
        // They are in no database yet: nothing belongs to them.
        std::vector<RowAddress> addresses;
        for (const RowImage &row : rows)
            addresses.push_back(row.address);
        context.edits->withdraw(addresses, rows.size() == 1 ? tr("New row taken back") : tr("New rows taken back"));
        return;
    }
    auto *dialog = new DeleteDialog(context, *own, rows, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void InlineEditing::move(const EditTarget &target, int places)
{
    reorder(target, [places](const std::vector<RowImage> &others, std::size_t own) {
        return std::optional(static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(own) + places, 0, std::ssize(others))));
    });
}

void InlineEditing::moveTo(const EditTarget &target, const RowImage &anchor, bool isBehind)
{
    reorder(target, [this, target, anchor, isBehind](const std::vector<RowImage> &others, std::size_t) -> std::optional<std::size_t> {
        const auto found = std::ranges::find(others, anchor.address, &RowImage::address);
        if (found == others.end()) {
            emit refused(tr("That place belongs to other rows: a row of %1 moves among those that it is ordered with.").arg(target.table->name));
            return std::nullopt;
        }
        return static_cast<std::size_t>(found - others.begin()) + (isBehind ? 1 : 0);
    });
}

void InlineEditing::reorder(const EditTarget &target, const std::function<std::optional<std::size_t>(const std::vector<RowImage> &, std::size_t)> &place)
{
    if (target.context.edits == nullptr || target.table == nullptr)
        return;
    const QString by = orderColumn(tableProfile(*target.context.profile, *target.table));
    if (by.isEmpty()) {
        emit refused(tr("The rows of %1 have no order of their own.").arg(target.table->name));
        return;
    }
    if (target.image.address.added != 0) {
        emit refused(tr("A new row has its place once it is saved."));
        return;
    }
    const auto read = [context = target.context, name = target.table->name, schema = target.table->schema, image = target.image](Connection &connection) {
        const CatalogTable *table = context.catalog->table(name, schema);
        return readOrdered(connection, *table, tableProfile(*context.profile, *table), image);
    };
    onResult(target.context.pool->read(read), this, [this, target, by, place](const Result<std::vector<RowImage>> &rows) {
        if (!rows) {
            emit refused(rows.error().message);
            return;
        }
        std::vector<RowImage> others = *rows;
        const EditBuffer &buffer = target.context.edits->buffer();
        std::ranges::stable_sort(others, {}, [&](const RowImage &row) { return numberOf(buffer.valuesAfter(row).at(by)).value_or(-1); });
        const auto own = std::ranges::find(others, target.image.address, &RowImage::address);
        if (own == others.end())
            return;
        const RowImage moved = *own;
        const auto at = static_cast<std::size_t>(own - others.begin());
        others.erase(own);
        if (const std::optional<std::size_t> to = place(others, at)) {
            others.insert(others.begin() + static_cast<std::ptrdiff_t>(*to), moved);
            tell(target.context.edits->stageOrder(*target.table, others));
        }
    });
}

void InlineEditing::offerFork(const EditTarget &target, const Value &value, const QString &sentence)
{
    auto *dialog = new ForkDialog(target, valueNow(target), value, sentence, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ForkDialog::forked, this, [this, target, value] {
        withWhole(target, [this, value](const EditTarget &whole) { tell(whole.context.edits->stageFork(*whole.table, whole.image, whole.column, value)); }, true);
    });
    dialog->open();
}

void InlineEditing::offerRename(const EditTarget &target, const Value &value)
{
    const Value before = valueNow(target);
    onResult(target.context.edits->mentionsOf(*target.table, target.column, before, value), this, [this, target, value](const Result<std::vector<MentionChange>> &mentions) {
        if (!mentions) {
            emit refused(mentions.error().message);
            return;
        }
        if (mentions->empty()) {
            tell(target.context.edits->setValue(*target.table, target.image, target.column, value));
            return;
        }
        auto *dialog = new RenameDialog(target, value, *mentions, m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &RenameDialog::renamed, this, [this, target, value](const std::vector<MentionChange> &followed) {
            tell(target.context.edits->stageRename(*target.table, target.image, target.column, value, followed));
        });
        dialog->open();
    });
}

void InlineEditing::fillMenu(QMenu &menu, const EditTarget &target, const std::vector<RowImage> &rows)
{
    if (target.context.edits == nullptr || target.table == nullptr)
        return;
    const auto add = [&](const QString &name, const QString &text, auto run) {
        QAction *action = menu.addAction(text, this, run);
        action->setObjectName(name);
        return action;
    };
    const QString no = target.context.edits->refusal(*target.table, target.column);
    const bool isStaged = target.context.edits->buffer().row(target.image.address) != nullptr;
    if (!target.column.isEmpty()) {
        add(u"edit.large"_s, tr("Edit %1…").arg(target.column), [this, target] { editLarge(target); })->setEnabled(no.isEmpty());
        add(u"edit.null"_s, tr("Make it NULL"), [this, target] { setNull(target); })->setEnabled(no.isEmpty());
    }
    const bool canChange = target.context.edits->refusal(*target.table).isEmpty();
    add(u"edit.duplicate"_s, tr("Add a row like this…"), [this, target] { addRow(target.context, *target.table, target.image); })->setEnabled(canChange);
    const bool isNew = target.image.address.added != 0;
    const QString deleteText = rows.size() > 1 ? tr("Delete %1 rows…").arg(rows.size()) : isNew ? tr("Take the new row back") : tr("Delete the row…");
    add(u"edit.delete"_s, deleteText, [this, target, rows] { deleteRows(target.context, *target.table, rows); })->setEnabled(canChange && !rows.empty());
    const TableProfile *profile = tableProfile(*target.context.profile, *target.table);
    if (profile != nullptr && profile->details.contains(u"ordered"_s)) {
        add(u"edit.moveUp"_s, tr("Move up"), [this, target] { move(target, -1); })->setEnabled(canChange);
        add(u"edit.moveDown"_s, tr("Move down"), [this, target] { move(target, 1); })->setEnabled(canChange);
    }
    if (isStaged && !isNew)
        add(u"edit.revert"_s, tr("Back to what is stored"), [this, target] { revert(target); });
    if (!no.isEmpty())
        menu.setToolTip(no);
}

} // namespace turnstone
