// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/conflictview.h"

#include "views/editing/conflicttexts.h"
#include "views/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { FieldColumn, BeforeColumn, NowColumn, MineColumn, ChoiceColumn };

QString shown(const Value &value)
{
    const QString text = value.toDisplayText();
    return value.isNull() ? u"NULL"_s : text.isEmpty() ? QObject::tr("empty") : text.left(200).simplified();
}

} // namespace

ConflictView::ConflictView(EditSession &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_head(new QLabel(this)), m_fields(new QTreeWidget(this)), m_texts(new ConflictTexts(this)), m_accept(new QPushButton(this)), m_giveUp(new QPushButton(tr("Give up my edit"), this))
{
    setObjectName(u"conflict"_s);
    m_head->setObjectName(u"conflictHead"_s);
    m_head->setWordWrap(true);
    m_head->setFont(sizedFont(font(), metrics::bodyPx, QFont::DemiBold));
    m_fields->setObjectName(u"conflictFields"_s);
    m_fields->setAccessibleName(tr("Fields that differ"));
    m_fields->setRootIsDecorated(false);
    m_fields->setHeaderLabels({tr("Field"), tr("When you edited it"), tr("Stored now"), tr("Yours"), tr("Take")});
    m_fields->header()->setSectionResizeMode(QHeaderView::Stretch);
    m_accept->setObjectName(u"acceptMerge"_s);
    m_giveUp->setObjectName(u"giveUpEdit"_s);
    auto *foot = new QHBoxLayout;
    foot->addStretch(1);
    foot->addWidget(m_giveUp);
    foot->addWidget(m_accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, metrics::space2, 0, 0);
    layout->addWidget(m_head);
    layout->addWidget(m_fields, 1);
    layout->addWidget(m_texts, 2);
    m_texts->hide();
    connect(m_fields, &QTreeWidget::currentItemChanged, this, &ConflictView::showTexts);
    layout->addLayout(foot);
    connect(m_accept, &QPushButton::clicked, this, &ConflictView::accept);
    connect(m_giveUp, &QPushButton::clicked, this, &ConflictView::giveUp);
    hide();
}

void ConflictView::show(const StagedRow *row, const SaveProblem *problem)
{
    const bool isShown = row != nullptr && problem != nullptr && problem->kind != SaveProblem::Kind::Constraint;
    setVisible(isShown);
    m_fields->clear();
    if (!isShown)
        return;
    m_row = *row;
    m_problem = *problem;
    m_head->setText(row->address.text() + u": "_s + problem->sentence);
    const bool isMerge = problem->kind == SaveProblem::Kind::Changed && row->kind == StagedRow::Kind::Changed;
    m_fields->setVisible(problem->kind == SaveProblem::Kind::Changed);
    m_accept->setText(isMerge ? tr("Use the merge") : row->kind == StagedRow::Kind::Deleted ? tr("Delete it all the same") : tr("Add it as a new row"));
    m_accept->setVisible(problem->kind != SaveProblem::Kind::Gone || row->kind == StagedRow::Kind::Changed);
    for (const auto &[column, now] : problem->now) {
        const StagedCell &cell = row->cells.at(column);
        if (row->kind == StagedRow::Kind::Deleted && cell.before == now)
            continue;
        auto *item = new QTreeWidgetItem(m_fields, {column, cell.before ? shown(*cell.before) : QString(), shown(now), row->kind == StagedRow::Kind::Deleted ? tr("deleted") : shown(cell.after)});
        for (int i = BeforeColumn; i <= MineColumn; ++i)
            item->setToolTip(i, item->text(i));
        if (!isMerge)
            continue;
        auto *choice = new QComboBox(m_fields);
        choice->setObjectName(u"take."_s + column);
        choice->setAccessibleName(tr("What to take for %1").arg(column));
        choice->addItems({tr("mine"), tr("theirs")});
        // Where they changed nothing, mine stands; where they did, it is to be looked at.
        choice->setCurrentIndex(0);
        m_fields->setItemWidget(item, ChoiceColumn, choice);
    }
    if (m_fields->topLevelItemCount() > 0)
        m_fields->setCurrentItem(m_fields->topLevelItem(0)); // shows its texts
    else
        showTexts();
}

void ConflictView::showTexts()
{
    const QTreeWidgetItem *item = m_fields->currentItem();
    const auto cell = item == nullptr ? m_row.cells.end() : m_row.cells.find(item->text(FieldColumn));
    const auto now = item == nullptr ? m_problem.now.end() : m_problem.now.find(item->text(FieldColumn));
    if (cell == m_row.cells.end() || now == m_problem.now.end() || m_fields->isHidden()) {
        m_texts->hide();
        return;
    }
    const std::optional<Value> mine = m_row.kind == StagedRow::Kind::Deleted ? std::nullopt : std::optional(cell->second.after);
    const std::optional<Value> &before = cell->second.before;
    const bool isLong = ConflictTexts::isLong(now->second) || (mine && ConflictTexts::isLong(*mine)) || (before && ConflictTexts::isLong(*before));
    m_texts->setVisible(isLong);
    if (isLong)
        m_texts->setTexts(before, now->second, mine);
}

void ConflictView::accept()
{
    if (m_row.kind == StagedRow::Kind::Deleted) {
        StagedRow again = m_row;
        for (auto &[column, cell] : again.cells) {
            if (const auto now = m_problem.now.find(column); now != m_problem.now.end())
                cell.before = now->second;
        }
        if (m_problem.kind == SaveProblem::Kind::GoesAlong)
            again.goesAlong = m_problem.goesAlongNow;
        m_session.buffer().stage(tr("Delete of %1").arg(m_row.address.text()), {{m_row.address, m_row, again}});
        return;
    }
    if (m_problem.kind == SaveProblem::Kind::Gone) {
        // What is known of it; the rest gets its defaults.
        std::map<QString, Value> values;
        for (const auto &[column, cell] : m_row.cells)
            values.emplace(column, cell.after);
        const RowStep addition = m_session.buffer().additionOf(m_row.address.schema, m_row.address.table, m_row.keyColumns, values);
        m_session.buffer().stage(tr("Row of %1 added again").arg(m_row.address.table), {m_session.buffer().withdrawalOf(m_row.address), addition});
        return;
    }
    std::map<QString, Value> mine;
    for (int i = 0; i < m_fields->topLevelItemCount(); ++i) {
        QTreeWidgetItem *item = m_fields->topLevelItem(i);
        const auto *choice = qobject_cast<QComboBox *>(m_fields->itemWidget(item, ChoiceColumn));
        const QString column = item->text(FieldColumn);
        mine[column] = choice != nullptr && choice->currentIndex() == 1 ? m_problem.now.at(column) : m_row.cells.at(column).after;
    }
    m_session.merge(m_row.address, m_problem.now, mine);
}

void ConflictView::giveUp()
{
    m_session.withdraw({m_row.address}, tr("Edit of %1 given up").arg(m_row.address.text()));
}

} // namespace turnstone
