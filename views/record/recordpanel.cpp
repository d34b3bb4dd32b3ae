// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/record/recordpanel.h"

#include "models/browsing/recordidentity.h"
#include "models/browsing/rowcopy.h"
#include "models/browsing/tableedits.h"
#include "models/browsing/schemaprofile.h"
#include "models/core/async.h"
#include "models/items/celltext.h"
#include "models/items/tablerowmodel.h"
#include "models/profiles/hierarchy.h"
#include "views/record/relatedlist.h"
#include "views/record/valueview.h"
#include "views/panels/editdelegate.h"
#include "views/widgets/celldelegate.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/icons.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <QtConcurrent>

#include <algorithm>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int widestName = 150;
constexpr int leastWidth = 220;
// Longer values are read when somebody says so.
constexpr qint64 readUnasked = 64 * 1024 * 1024;

} // namespace

RecordPanel::RecordPanel(QThreadPool &workers, QWidget *parent)
    : QWidget(parent), m_workers(workers), m_head(new QWidget(this)), m_empty(new QLabel(tr("Choose a row to read it here."), this)), m_title(new QLabel(this)), m_previous(new QToolButton(this)), m_next(new QToolButton(this)), m_message(new MessageBar(this)),
      m_openings(new QWidget(this)), m_openingsLayout(new FlowLayout(m_openings)),
      m_splitter(new QSplitter(Qt::Vertical, this)), m_fields(new QTreeWidget(this)), m_reveal(new QPushButton(tr("Show the secret"), this)),
      m_value(new ValueView(workers, this)), m_relatedHead(new QLabel(tr("Related"), this)), m_related(new RelatedList(this))
{
    setObjectName(u"recordPanel"_s);
    setMinimumWidth(scaled(leastWidth));
    m_title->setObjectName(u"recordTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_previous->setObjectName(u"previousRecord"_s);
    m_previous->setText(u"↑"_s);
    m_previous->setAccessibleName(tr("Previous record"));
    m_previous->setToolTip(tr("Previous record"));
    m_next->setObjectName(u"nextRecord"_s);
    m_next->setText(u"↓"_s);
    m_next->setAccessibleName(tr("Next record"));
    m_next->setToolTip(tr("Next record"));
    for (QToolButton *button : {m_previous, m_next})
        button->setAutoRaise(true);
    m_fields->setObjectName(u"recordFields"_s);
    m_fields->setAccessibleName(tr("Fields of the record"));
    m_fields->setColumnCount(2);
    m_fields->setHeaderHidden(true);
    m_fields->setRootIsDecorated(false);
    m_fields->setUniformRowHeights(true);
    m_fields->setContextMenuPolicy(Qt::CustomContextMenu);
    auto *delegate = new CellDelegate(m_fields);
    delegate->setFormAlignment(true);
    m_fields->setItemDelegate(delegate);
    m_openings->setObjectName(u"recordOpenings"_s);
    m_openingsLayout->setContentsMargins(metrics::space3, 0, metrics::space2, metrics::space2);
    m_openingsLayout->setSpacing(metrics::space1);
    m_openings->hide();
    m_reveal->setObjectName(u"showSecret"_s);
    m_reveal->hide();
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_relatedHead->setFont(sizedFont(font(), metrics::captionPx, QFont::DemiBold));
    m_relatedHead->setForegroundRole(QPalette::PlaceholderText);
    m_relatedHead->setContentsMargins(metrics::space3, metrics::space2, metrics::space3, metrics::space1);

    auto *head = new QHBoxLayout(m_head);
    head->setContentsMargins(metrics::space3, metrics::space2, metrics::space2, metrics::space2);
    head->addWidget(m_title, 1);
    head->addWidget(m_previous);
    head->addWidget(m_next);
    auto *upper = new QWidget(this);
    auto *upperLayout = new QVBoxLayout(upper);
    upperLayout->setContentsMargins(0, 0, 0, 0);
    upperLayout->setSpacing(0);
    upper->setAutoFillBackground(true);
    upper->setBackgroundRole(QPalette::Base);
    upperLayout->addWidget(m_fields, 1);
    upperLayout->addWidget(m_relatedHead);
    upperLayout->addWidget(m_related);
    upperLayout->addStretch();
    auto *lower = new QWidget(this);
    auto *lowerLayout = new QVBoxLayout(lower);
    lowerLayout->setContentsMargins(0, 0, 0, 0);
    lowerLayout->setSpacing(0);
    lowerLayout->addWidget(m_value, 1);
    lowerLayout->addWidget(m_reveal, 0, Qt::AlignLeft);
    m_splitter->setObjectName(u"recordSplitter"_s);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(upper);
    m_splitter->addWidget(lower);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->handle(1)->setAccessibleName(tr("Border between fields and value"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_openings);
    layout->addWidget(m_message);
    layout->addWidget(m_splitter, 1);
    layout->addWidget(m_empty, 1);

    connect(m_fields, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        m_isShownAsAsked = false;
        if (item != nullptr)
            showField(m_fields->indexOfTopLevelItem(item));
    });
    m_fields->setEditTriggers(QAbstractItemView::NoEditTriggers);
    connect(m_fields, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item) {
        if (m_editing == nullptr || item->data(1, TableRowModel::LinkRole).toBool())
            follow(item);
        else
            editField(m_fields->indexOfTopLevelItem(item));
    });
    connect(m_fields, &QWidget::customContextMenuRequested, this, &RecordPanel::showMenu);
    connect(m_reveal, &QPushButton::clicked, this, [this] {
        m_isShownAsAsked = true;
        showField(chosenField());
    });
    connect(m_previous, &QToolButton::clicked, this, &RecordPanel::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &RecordPanel::nextRequested);
    connect(m_related, &RelatedList::placeRequested, this, &RecordPanel::placeRequested);
    connect(m_related, &RelatedList::failed, this, [this](const Error &error) { m_message->showError(error); });
    connect(m_related, &RelatedList::listed, this, [this](int count) {
        m_relatedHead->setVisible(count > 0);
        m_related->setVisible(count > 0);
    });
    connect(m_message, &MessageBar::actionTriggered, this, [this] { showField(chosenField()); });
    clear();
}

void RecordPanel::setOpenings(const QList<QAction *> &actions)
{
    while (QLayoutItem *item = m_openingsLayout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (QAction *action : actions) {
        auto *button = new QToolButton(m_openings);
        action->setParent(button);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setObjectName(action->objectName());
        m_openingsLayout->addWidget(button);
    }
    m_openings->setVisible(!actions.isEmpty());
}

RecordPanel::~RecordPanel()
{
    m_stop.request_stop();
    m_stopValue.request_stop();
}

void RecordPanel::clear()
{
    setOpenings({});
    m_stop.request_stop();
    m_stopValue.request_stop();
    ++m_generation;
    disconnect(m_edits);
    m_context.reset();
    m_record.reset();
    m_stored.reset();
    m_ownContext.reset();
    m_isShownAsAsked = false;
    m_fields->clear();
    m_related->stop();
    m_related->clear();
    m_related->hide();
    m_relatedHead->hide();
    m_reveal->hide();
    m_message->clear();
    setTitle(tr("No record"));
    m_value->clear(tr("Choose a row to read it here."));
    showEmpty(true);
    m_previous->setEnabled(false);
    m_next->setEnabled(false);
}

const ColumnProfile *RecordPanel::meaning(const QString &column) const
{
    return m_context ? meaningOf(m_table, column, *m_context->profile) : nullptr;
}

int RecordPanel::chosenField() const
{
    return m_fields->currentItem() == nullptr ? -1 : m_fields->indexOfTopLevelItem(m_fields->currentItem());
}

void RecordPanel::fillField(QTreeWidgetItem *item, const RecordField &field)
{
    const ColumnProfile *meant = meaning(field.column.name);
    const RowAddress address = m_context->edits ? imageOf(*m_context, m_table, *m_stored).address : RowAddress();
    const StagedRow *staged = m_context->edits ? m_context->edits->buffer().row(address) : nullptr;
    const SaveProblem *problem = staged ? m_context->edits->problem(address) : nullptr;
    const bool isChanged = staged && staged->kind != StagedRow::Kind::Deleted && staged->cells.contains(field.column.name);
    const auto state = !staged ? RowOverlay::State::None
        : problem              ? RowOverlay::State::Refused
        : staged->kind == StagedRow::Kind::Deleted ? RowOverlay::State::Deleted
        : staged->kind == StagedRow::Kind::Added   ? RowOverlay::State::Added : RowOverlay::State::Changed;
    item->setFlags(item->flags() | Qt::ItemIsEditable);
    item->setData(1, TableRowModel::StagedRole, isChanged || state == RowOverlay::State::Deleted ? static_cast<int>(state) : 0);
    item->setData(1, TableRowModel::ChangedRole, isChanged);
    item->setToolTip(1, problem && (problem->column == field.column.name || problem->column.isEmpty()) ? problem->sentence : QString());
    const CellText cell = CellText::of(field.value.ref(), field.column.typeName, field.isWhole());
    item->setText(0, meant != nullptr && !meant->title.isEmpty() ? meant->title : field.column.name);
    QString about = field.column.name + (field.column.typeName.isEmpty() ? QString() : u" · "_s + field.column.typeName);
    if (meant != nullptr && !meant->about.isEmpty())
        about += u'\n' + meant->about;
    item->setToolTip(0, about);
    QString text = cell.kind == CellKind::Null ? u"NULL"_s
        : cell.kind == CellKind::Bytes || cell.kind == CellKind::Undecodable ? u"bytes · %1"_s.arg(storedBytes(field.fullBytes, field.column.typeName)) : cell.text;
    const CellReader reader = meant == nullptr ? CellReader() : readerOf(*meant, m_zone);
    const std::optional<CellLook> look = reader && !field.value.isNull() ? reader(field.value.ref(), field.isWhole()) : std::nullopt;
    if (look) {
        text = look->text;
        if (item->toolTip(1).isEmpty())
            item->setToolTip(1, look->detail);
        item->setData(1, TableRowModel::ToneRole, look->tone);
        item->setData(1, TableRowModel::FractionRole, look->fraction);
    }
    item->setText(1, text);
    item->setData(1, TableRowModel::KindRole, QVariant::fromValue(cell.kind));
    item->setData(1, TableRowModel::TypeRole, field.column.typeName);
    item->setData(1, TableRowModel::FullBytesRole, look ? 0 : field.fullBytes);
    item->setData(1, TableRowModel::WholeRole, look || field.isWhole());
    item->setData(1, TableRowModel::LinkRole,
                  !field.value.isNull() && !referenceOf(m_table, field.column.name, *m_context->catalog, *m_context->profile).isEmpty());
}

void RecordPanel::showRecord(const DatabaseContext &context, const CatalogTable &table, const Record &record)
{
    const bool isSameTable = m_record && m_context && m_record->table == record.table && m_context->id == context.id;
    const int chosen = isSameTable ? chosenField() : -1;
    m_stop.request_stop();
    m_stop = {};
    disconnect(m_edits);
    m_context = context;
    m_table = table;
    m_stored = record;
    m_record = withEdits(record);
    if (context.edits != nullptr)
        m_edits = connect(&context.edits->buffer(), &EditBuffer::changed, this, &RecordPanel::applyEdits);
    m_isShownAsAsked = false;
    showEmpty(false);
    m_message->clear();
    m_previous->setEnabled(true);
    m_next->setEnabled(true);
    setTitle(record.added != 0 ? tr("New row of %1").arg(record.table) : record.key.empty() ? record.table : record.table + u"  "_s + record.keyText());
    int longest = 0;
    {
        const QSignalBlocker quiet(m_fields);
        m_fields->clear();
        qint64 mostBytes = -1;
        for (const RecordField &field : m_record->fields) {
            fillField(new QTreeWidgetItem(m_fields), field);
            if (field.fullBytes > mostBytes && field.value.type() == ValueType::Text) {
                mostBytes = field.fullBytes;
                longest = m_fields->topLevelItemCount() - 1;
            }
        }
        m_fields->resizeColumnToContents(0);
        m_fields->setColumnWidth(0, std::min(m_fields->columnWidth(0), scaled(widestName)));
    }
    fitFields();
    if (QTreeWidgetItem *item = m_fields->topLevelItem(chosen >= 0 ? chosen : longest))
        m_fields->setCurrentItem(item);
    showAround();
}

void RecordPanel::showAround()
{
    // What belongs together is looked up by table name, as a profile has it.
    if (speaksOf(*m_context, m_table)) {
        showAroundIn(*m_context);
        return;
    }
    if (m_ownContext && m_ownContext->catalog == m_context->catalog && m_ownContext->profile->schema == m_table.schema) {
        showAroundIn(*m_ownContext);
        return;
    }
    onResult(QtConcurrent::run(&m_workers, [context = *m_context, schema = m_table.schema] { return contextOfSchema(context, schema); }), this,
             [this, token = m_stop.get_token()](const DatabaseContext &own) {
                 if (token.stop_requested())
                     return;
                 m_ownContext = own;
                 showAroundIn(own);
             });
}

void RecordPanel::showAroundIn(const DatabaseContext &context)
{
    m_identity = identityOf(context, m_table, *m_stored);
    if (m_identity.empty()) {
        m_related->stop();
        m_related->hide();
        m_relatedHead->hide();
        return;
    }
    m_related->showRelated(context, m_record->table, m_identity);
    readTitle(context);
}

void RecordPanel::readTitle(const DatabaseContext &of)
{
    const auto job = [context = of, table = m_record->table, key = m_identity](Connection &connection) -> Result<QString> {
        Hierarchy hierarchy(connection, *context.catalog, *context.profile);
        const Result<TreePath> path = hierarchy.pathTo(table, key);
        if (!path)
            return failure(path);
        const Result<TreeNode> node = hierarchy.node(*path);
        return node ? Result<QString>(node->label) : failure(node);
    };
    onResult(of.pool->read(job, m_stop.get_token()), this, [this, profiles = of.profile, token = m_stop.get_token()](const Result<QString> &label) {
        if (token.stop_requested() || !label || label->isEmpty())
            return; // the table's name and the key stay
        const TableProfile *profile = profiles->table(m_table.name);
        const QString kind = profile == nullptr || profile->singular.isEmpty() || label->startsWith(profile->singular) ? QString() : profile->singular + u"  "_s;
        setTitle(kind + *label);
    });
}

void RecordPanel::showField(int field)
{
    if (!m_record || field < 0 || field >= static_cast<int>(m_record->fields.size()))
        return;
    m_stopValue.request_stop();
    m_stopValue = {};
    const quint64 generation = ++m_generation;
    const RecordField &chosen = m_record->fields[static_cast<std::size_t>(field)];
    const ColumnProfile *meant = meaning(chosen.column.name);
    const QString means = meant == nullptr ? QString() : meant->meaning;
    const bool isSecret = means == u"secret" && !chosen.value.isNull();
    const bool isHuge = !chosen.isWhole() && chosen.fullBytes > readUnasked;
    m_reveal->setVisible((isSecret || isHuge) && !m_isShownAsAsked);
    if (!m_reveal->isHidden()) {
        m_reveal->setText(isSecret ? tr("Show the secret") : tr("Read %1").arg(sizeText(chosen.fullBytes)));
        m_value->clear(isSecret ? tr("This is a secret.") : tr("This value is long: %1.").arg(sizeText(chosen.fullBytes)));
        return;
    }
    if (chosen.isWhole() || m_record->key.empty()) {
        m_value->show(chosen.value, chosen.column.typeName, means, chosen.column.name);
        return;
    }
    m_value->showProgress(tr("Reading %1…").arg(sizeText(chosen.fullBytes)));
    onResult(readValue(*m_context->pool, m_table, m_record->key, field, m_stopValue.get_token()), this,
             [this, generation, means, type = chosen.column.typeName, name = chosen.column.name](const Result<Value> &value) {
                 if (generation != m_generation)
                     return;
                 if (value) {
                     m_message->clear();
                     m_value->show(*value, type, means, name);
                 } else if (value.error().code != ErrorCode::Cancelled) {
                     m_message->showError(value.error(), tr("Try again"));
                 }
             });
}

void RecordPanel::follow(const QTreeWidgetItem *item)
{
    if (item == nullptr || !m_record)
        return;
    const RecordField &field = m_record->fields[static_cast<std::size_t>(m_fields->indexOfTopLevelItem(const_cast<QTreeWidgetItem *>(item)))];
    const ColumnReference reference = referenceOf(m_table, field.column.name, *m_context->catalog, *m_context->profile);
    if (!reference.isEmpty() && !field.value.isNull() && field.isWhole())
        emit placeRequested(m_context->id, {reference.schema, reference.table, {{{reference.column, FilterOperator::Equals, {field.value}, false}}, {}}});
}

void RecordPanel::setEditing(CellEditing &editing)
{
    m_editing = &editing;
    auto *delegate = new EditDelegate(editing, [this](const QModelIndex &index) { return index.column() == 1 ? targetOf(index.row()) : std::nullopt; }, m_fields);
    delegate->setFormAlignment(true);
    m_fields->setItemDelegate(delegate);
}

std::optional<EditTarget> RecordPanel::targetOf(int field) const
{
    if (!m_stored || !m_context || m_context->edits == nullptr || field < 0 || field >= static_cast<int>(m_stored->fields.size()))
        return std::nullopt;
    const CatalogTable *known = m_context->catalog->table(m_table.name, m_table.schema);
    if (known == nullptr)
        return std::nullopt;
    return EditTarget{*m_context, known, imageOf(*m_context, *known, *m_stored), m_stored->fields[static_cast<std::size_t>(field)].column.name, m_zone};
}

void RecordPanel::editField(int field)
{
    if (targetOf(field))
        m_fields->editItem(m_fields->topLevelItem(field), 1);
}

Record RecordPanel::withEdits(const Record &stored) const
{
    Record record = stored;
    const StagedRow *staged = m_context->edits ? m_context->edits->buffer().row(imageOf(*m_context, m_table, stored).address) : nullptr;
    if (staged == nullptr || staged->kind == StagedRow::Kind::Deleted)
        return record;
    for (RecordField &field : record.fields) {
        if (const auto cell = staged->cells.find(field.column.name); cell != staged->cells.end()) {
            field.value = cell->second.after;
            field.fullBytes = field.value.bytes().size();
        }
    }
    return record;
}

void RecordPanel::applyEdits()
{
    if (!m_stored || !m_context)
        return;
    m_record = withEdits(*m_stored);
    for (int i = 0; i < m_fields->topLevelItemCount(); ++i)
        fillField(m_fields->topLevelItem(i), m_record->fields[static_cast<std::size_t>(i)]);
    showField(chosenField());
}

void RecordPanel::showMenu(const QPoint &place)
{
    QTreeWidgetItem *item = m_fields->itemAt(place);
    if (item == nullptr)
        item = m_fields->currentItem();
    if (item == nullptr || !m_record)
        return;
    const int index = m_fields->indexOfTopLevelItem(item);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (item->data(1, TableRowModel::LinkRole).toBool())
        menu->addAction(tr("Go there"), this, [this, index] { follow(m_fields->topLevelItem(index)); });
    QAction *copyValue = menu->addAction(tr("Copy the value"), this, [this, index] {
        const RecordField &field = m_record->fields[static_cast<std::size_t>(index)];
        if (field.isWhole() || m_record->key.empty()) {
            QApplication::clipboard()->setText(copiedText(field.value.ref()));
            return;
        }
        onResult(readValue(*m_context->pool, m_table, m_record->key, index, m_stop.get_token()), this, [this](const Result<Value> &value) {
            if (value)
                QApplication::clipboard()->setText(copiedText(value->ref()));
            else if (value.error().code != ErrorCode::Cancelled)
                m_message->showError(value.error());
        });
    });
    const auto isMasked = [this](const QString &column) {
        const ColumnProfile *meant = meaning(column);
        return meant != nullptr && meant->meaning == u"secret";
    };
    const QString chosenColumn = m_record->fields[static_cast<std::size_t>(index)].column.name;
    copyValue->setEnabled(!isMasked(chosenColumn) || (m_isShownAsAsked && index == chosenField()));
    for (const auto &[format, text] : {std::pair(u"json"_s, tr("Copy the record as JSON")), std::pair(u"sql"_s, tr("Copy the record as SQL"))}) {
        QAction *copy = menu->addAction(text, this, [this, asFormat = format, isMasked] {
            QStringList names;
            for (const RecordField &field : m_record->fields) {
                if (!isMasked(field.column.name))
                    names.append(field.column.name);
            }
            onResult(copyRows(*m_context->pool, m_table, {m_record->key}, names, asFormat, m_stop.get_token()), this, [this](const Result<QByteArray> &copied) {
                if (copied)
                    QApplication::clipboard()->setText(QString::fromUtf8(*copied));
                else
                    m_message->showError(copied.error());
            });
        });
        copy->setEnabled(!m_record->key.empty());
    }
    if (const std::optional<EditTarget> target = m_editing ? targetOf(index) : std::nullopt) {
        menu->addSeparator();
        m_editing->fillMenu(*menu, *target, {target->image});
    }
    menu->popup(m_fields->viewport()->mapToGlobal(place));
}

void RecordPanel::showEmpty(bool isEmpty)
{
    // Who works here with the keyboard stays here: the next record comes in a moment.
    const bool isShown = !isEmpty || m_splitter->isAncestorOf(QApplication::focusWidget());
    m_head->setVisible(isShown);
    m_splitter->setVisible(isShown);
    m_empty->setVisible(!isShown);
}

void RecordPanel::fitFields()
{
    m_fields->setMaximumHeight(std::max(1, m_fields->topLevelItemCount()) * std::max(m_fields->sizeHintForRow(0), rowHeight()) + 2 * m_fields->frameWidth());
}

void RecordPanel::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::FontChange)
        fitFields();
}

void RecordPanel::setTitle(const QString &title)
{
    m_fullTitle = title;
    m_title->setToolTip(title);
    m_title->setText(m_title->fontMetrics().elidedText(title, Qt::ElideRight, std::max(m_title->width(), scaled(widestName))));
}

void RecordPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    setTitle(m_fullTitle);
}

void RecordPanel::setShownZone(ShownZone zone)
{
    m_zone = zone;
    if (m_record && m_context) {
        for (int i = 0; i < m_fields->topLevelItemCount(); ++i)
            fillField(m_fields->topLevelItem(i), m_record->fields[static_cast<std::size_t>(i)]);
    }
}

void RecordPanel::focusFields()
{
    m_fields->setFocus(Qt::ShortcutFocusReason);
}

QVariantMap RecordPanel::saveState() const
{
    return {{u"splitter"_s, QString::fromLatin1(m_splitter->saveState().toBase64())}};
}

void RecordPanel::restoreState(const QVariantMap &state)
{
    m_splitter->restoreState(QByteArray::fromBase64(state.value(u"splitter"_s).toString().toLatin1()));
}

} // namespace turnstone
