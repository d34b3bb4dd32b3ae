// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/editing/reviewpanel.h"

#include "views/editing/conflictview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTextOption>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int rowRole = Qt::UserRole;
constexpr std::size_t mostShown = 2000; // rows; the SQL of more is nobody's to read
constexpr qsizetype longestLine = 20'000; // characters of a statement; laying out more takes its time

QString shown(const Value &value)
{
    const QString text = value.toDisplayText();
    return value.isNull() ? u"NULL"_s : text.isEmpty() ? ReviewPanel::tr("empty") : text.left(200).simplified();
}

} // namespace

ReviewPanel::ReviewPanel(const DatabaseContext &context, QWidget *parent)
    : Panel(context, parent), m_session(*context.edits), m_message(new MessageBar(this)), m_empty(new QLabel(this)), m_body(new QWidget(this)), m_list(new QTreeWidget(this)),
      m_sql(new QPlainTextEdit(this)), m_conflict(new ConflictView(*context.edits, this)), m_save(new QPushButton(tr("Save"), this)), m_withdraw(new QPushButton(tr("Take back the chosen"), this)),
      m_withdrawAll(new QPushButton(tr("Take back all"), this))
{
    setObjectName(u"reviewPanel"_s);
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setText(tr("Nothing is staged. Edit a value in a table or in the record; it is kept here until you save it."));
    m_empty->setWordWrap(true);
    m_list->setObjectName(u"stagedRows"_s);
    m_list->setAccessibleName(tr("Rows with edits"));
    m_list->setHeaderLabels({tr("Row"), tr("Stored"), tr("Then")});
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setUniformRowHeights(true);
    m_list->header()->setSectionResizeMode(QHeaderView::Interactive);
    m_list->setColumnWidth(0, scaled(240));
    m_list->setColumnWidth(1, scaled(260));
    m_sql->setObjectName(u"stagedSql"_s);
    m_sql->setAccessibleName(tr("SQL that saving runs"));
    m_sql->setReadOnly(true);
    m_sql->setFont(fixedFont(metrics::bodyPx - 1));
    m_sql->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_save->setObjectName(u"saveEdits"_s);
    m_withdraw->setObjectName(u"withdrawChosen"_s);
    m_withdrawAll->setObjectName(u"withdrawAll"_s);

    auto *splitter = new QSplitter(Qt::Vertical, m_body);
    splitter->setObjectName(u"reviewSplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_list);
    splitter->addWidget(m_conflict);
    splitter->addWidget(m_sql);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setStretchFactor(2, 2);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(metrics::space2);
    foot->addWidget(m_withdraw);
    foot->addWidget(m_withdrawAll);
    foot->addStretch(1);
    foot->addWidget(m_save);
    auto *body = new QVBoxLayout(m_body);
    body->setContentsMargins(metrics::space3, metrics::space3, metrics::space3, metrics::space3);
    body->addWidget(splitter, 1);
    body->addLayout(foot);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_body, 1);

    connect(&m_session.buffer(), &EditBuffer::changed, this, &ReviewPanel::fill);
    connect(&m_session, &EditSession::problemsChanged, this, &ReviewPanel::fill);
    connect(&m_session, &EditSession::accessChanged, this, &ReviewPanel::fill);
    connect(&m_session, &EditSession::notSaved, this, [this](const QString &sentence) { m_message->showError({ErrorCode::Conflict, sentence, {}, -1}); });
    connect(&m_session, &EditSession::failed, this, [this](const Error &error) {
        m_save->setEnabled(true);
        m_message->showError(error);
    });
    connect(&m_session, &EditSession::saved, this, [this](int rows) {
        m_message->clear();
        emit noted(rows == 1 ? tr("1 row saved") : tr("%1 rows saved").arg(QLocale().toString(rows)));
    });
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, &ReviewPanel::select);
    connect(m_save, &QPushButton::clicked, this, [this] {
        m_message->clear();
        m_save->setEnabled(false);
        m_session.save();
    });
    connect(m_withdraw, &QPushButton::clicked, this, [this] { m_session.withdraw(chosenRows(), tr("Edits taken back")); });
    connect(m_withdrawAll, &QPushButton::clicked, this, [this] {
        std::vector<RowAddress> all;
        for (const StagedRow &row : m_session.buffer().rows())
            all.push_back(row.address);
        m_session.withdraw(all, tr("All edits taken back"));
    });
    fill();
    QMetaObject::invokeMethod(this, &Panel::settled, Qt::QueuedConnection);
}

QString ReviewPanel::title() const
{
    const int count = m_session.buffer().count();
    return count == 0 ? tr("Edits") : tr("Edits %1").arg(QLocale().toString(count));
}

void ReviewPanel::fill()
{
    const std::vector<RowAddress> chosen = chosenRows();
    std::set<QByteArray> ids;
    for (const RowAddress &row : chosen)
        ids.insert(row.id());
    m_rows = m_session.buffer().rows();
    {
        const QSignalBlocker quiet(m_list);
        m_list->clear();
        for (std::size_t i = 0; i < std::min(m_rows.size(), mostShown); ++i)
            addRow(m_rows[i]);
        QTreeWidgetItem *first = nullptr;
        for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
            QTreeWidgetItem *item = m_list->topLevelItem(i);
            const RowAddress &address = m_rows[static_cast<std::size_t>(i)].address;
            if (ids.contains(address.id()))
                item->setSelected(true);
            if (first == nullptr && m_session.problem(address) != nullptr)
                first = item;
        }
        if (m_list->selectedItems().isEmpty() && m_list->topLevelItemCount() > 0)
            m_list->setCurrentItem(first != nullptr ? first : m_list->topLevelItem(0));
    }
    std::vector<StagedRow> readable(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(std::min(m_rows.size(), mostShown)));
    QStringList lines = previewSql(m_session.catalog(), readable);
    for (QString &line : lines) {
        if (line.size() > longestLine)
            line = line.left(longestLine) + u"… "_s + tr("/* and %1 characters more */").arg(QLocale().toString(line.size() - longestLine));
    }
    QString sql = lines.join(u'\n');
    if (readable.size() < m_rows.size())
        sql += u"\n-- "_s + tr("and %1 more").arg(m_rows.size() - readable.size());
    m_sql->setPlainText(sql);
    m_empty->setVisible(m_rows.empty());
    m_body->setVisible(!m_rows.empty());
    const bool isWritable = m_session.access() != WriteAccess::ReadOnly;
    m_save->setEnabled(!m_rows.empty() && isWritable && !m_session.isSaving());
    m_save->setText(m_rows.size() == 1 ? tr("Save 1 row") : tr("Save %1 rows").arg(QLocale().toString(static_cast<qint64>(m_rows.size()))));
    if (m_session.problemCount() == 0 && m_rows.empty())
        m_message->clear();
    select();
    emit titleChanged();
}

void ReviewPanel::addRow(const StagedRow &row)
{
    const Tokens &tokens = Tokens::of(palette());
    const QString kind = row.kind == StagedRow::Kind::Added ? tr("new") : row.kind == StagedRow::Kind::Deleted ? tr("delete") : tr("change");
    auto *item = new QTreeWidgetItem(m_list, {row.address.text(), {}, kind});
    item->setForeground(2, row.kind == StagedRow::Kind::Added ? tokens.good : row.kind == StagedRow::Kind::Deleted ? tokens.bad : tokens.warn);
    for (const auto &[column, cell] : row.cells) {
        if (row.kind == StagedRow::Kind::Deleted)
            break;
        auto *field = new QTreeWidgetItem(item, {column, cell.before ? shown(*cell.before) : QString(), shown(cell.after)});
        field->setToolTip(1, field->text(1));
        field->setToolTip(2, field->text(2));
    }
    for (const GoesAlong &along : row.goesAlong)
        new QTreeWidgetItem(item, {along.table, along.rows == 1 ? tr("1 row goes along") : tr("%1 rows go along").arg(QLocale().toString(along.rows)), {}});
    addProblem(*item, row);
    item->setExpanded(m_rows.size() <= 50);
}

void ReviewPanel::addProblem(QTreeWidgetItem &item, const StagedRow &row)
{
    const SaveProblem *problem = m_session.problem(row.address);
    if (problem == nullptr)
        return;
    const Tokens &tokens = Tokens::of(palette());
    item.setText(1, u"⚠ "_s + problem->sentence);
    item.setToolTip(1, problem->constraint.isEmpty() ? problem->sentence : problem->sentence + u'\n' + tr("Rule: %1").arg(problem->constraint));
    item.setForeground(1, tokens.bad);
    for (int i = 0; i < item.childCount(); ++i) {
        if (item.child(i)->text(0) == problem->column)
            item.child(i)->setForeground(0, tokens.bad);
    }
}

std::vector<RowAddress> ReviewPanel::chosenRows() const
{
    std::vector<RowAddress> rows;
    std::set<int> done;
    for (QTreeWidgetItem *item : m_list->selectedItems()) {
        const int at = m_list->indexOfTopLevelItem(item->parent() != nullptr ? item->parent() : item);
        if (at >= 0 && static_cast<std::size_t>(at) < m_rows.size() && done.insert(at).second)
            rows.push_back(m_rows[static_cast<std::size_t>(at)].address);
    }
    return rows;
}

void ReviewPanel::select()
{
    const std::vector<RowAddress> chosen = chosenRows();
    m_withdraw->setEnabled(!chosen.empty());
    m_conflict->show(chosen.size() == 1 ? m_session.buffer().row(chosen.front()) : nullptr, chosen.size() == 1 ? m_session.problem(chosen.front()) : nullptr);
}

PanelKind reviewPanelKind()
{
    PanelKind kind;
    kind.id = u"edits"_s;
    kind.title = ReviewPanel::tr("&Edits to be saved");
    kind.icon = u"record"_s;
    kind.shortcut = QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R);
    kind.applies = [](const DatabaseContext &context) { return context.edits != nullptr; };
    kind.make = [](const PanelServices &, const DatabaseContext &context, const QVariantMap &, QWidget *parent) -> Panel * { return new ReviewPanel(context, parent); };
    return kind;
}

} // namespace turnstone
