// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/log/logpanel.h"

#include "models/sql/sqllexer.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

enum Column { When, Duration, Rows, Statement, Values, ColumnCount };
constexpr int sqlRole = Qt::UserRole + 1;
constexpr int parametersRole = Qt::UserRole + 2;
constexpr int takeMs = 250;
constexpr int usualSlowMs = 100;
constexpr int leastParametersWidth = 100;
constexpr int parametersWidth = 220;

QStringList secretColumns(const ResolvedProfile &profile)
{
    QStringList names;
    for (const TableProfile &table : profile.tables) {
        for (const ColumnProfile &column : table.columns) {
            if (column.meaning == u"secret")
                names.append(column.name);
        }
    }
    return names;
}

/// The statement with its parameters in their places, as far as they were kept whole; others become named ones, to be asked for.
QString withValues(const QString &sql, const QStringList &parameters, Engine engine)
{
    const QRegularExpression cut(u"… \\(\\d+ bytes\\)$|^•••$"_s);
    static const QRegularExpression number(u"^-?\\d+(\\.\\d+)?$"_s);
    std::map<QString, QString> known;
    for (const QString &text : parameters) {
        const qsizetype at = text.indexOf(u" = "_s);
        if (at > 0)
            known[text.left(at)] = text.mid(at + 3);
    }
    QString filled;
    for (const SqlToken &token : SqlLexer::tokens(sql, engine == Engine::Sqlite ? SqlDialect::Sqlite : SqlDialect::PostgreSql)) {
        const QString piece = sql.mid(token.start, token.length);
        const QString name = piece.startsWith(u':') ? piece : piece.mid(1);
        const auto value = token.kind == SqlTokenKind::Parameter ? known.find(name) : known.end();
        if (token.kind != SqlTokenKind::Parameter)
            filled += piece;
        else if (value == known.end() || cut.match(value->second).hasMatch())
            filled += name.startsWith(u':') ? name : u":value_"_s + name;
        else if (number.match(value->second).hasMatch() || value->second == u"NULL")
            filled += value->second;
        else
            filled += u'\'' + QString(value->second).replace(u'\'', u"''"_s) + u'\'';
    }
    return filled;
}

} // namespace

LogPanel::LogPanel(DatabaseContext context, QWidget *parent)
    : Panel(std::move(context), parent), m_log(Panel::context().pool->url().displayText()), m_secretColumns(secretColumns(*Panel::context().profile)), m_model(new QStandardItemModel(this)),
      m_proxy(new QSortFilterProxyModel(this)), m_table(new QTableView(this)), m_filter(new QLineEdit(this)), m_slow(new QSpinBox(this)), m_empty(new QLabel(this)), m_count(new QLabel(this))
{
    setObjectName(u"logPanel"_s);
    m_model->setColumnCount(ColumnCount);
    m_model->setHorizontalHeaderLabels({tr("Time"), tr("Took"), tr("Rows"), tr("Statement"), tr("Parameters")});
    for (const int figures : {Duration, Rows})
        m_model->horizontalHeaderItem(figures)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table->setObjectName(u"statements"_s);
    m_table->setAccessibleName(tr("Statements"));
    m_table->setModel(m_proxy);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(rowHeight());
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setStretchLastSection(false);
    m_table->setColumnWidth(When, scaled(120));
    m_table->setColumnWidth(Duration, scaled(80));
    m_table->setColumnWidth(Rows, scaled(70));
    m_table->horizontalHeader()->setSectionResizeMode(Statement, QHeaderView::Stretch);
    m_table->hideColumn(Values); // until there are any
    m_filter->setObjectName(u"logFilter"_s);
    m_filter->setAccessibleName(tr("Filter statements"));
    m_filter->setPlaceholderText(tr("Filter…"));
    m_filter->setClearButtonEnabled(true);
    m_slow->setObjectName(u"slowFrom"_s);
    m_slow->setAccessibleName(tr("Slow from so many milliseconds"));
    m_slow->setRange(1, 600'000);
    m_slow->setValue(usualSlowMs);
    m_slow->setPrefix(tr("slow from "));
    m_slow->setSuffix(tr(" ms"));
    auto *clear = new QToolButton(this);
    clear->setObjectName(u"clearLog"_s);
    clear->setText(tr("Clear"));
    clear->setAccessibleName(tr("Clear the log"));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setText(tr("Every statement that Turnstone sends to this database appears here from now on.\nNothing of it is written to disk."));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    bar->setSpacing(metrics::space2);
    bar->addWidget(m_filter, 1);
    bar->addWidget(m_count);
    bar->addWidget(m_slow);
    bar->addWidget(clear);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_table, 1);
    m_table->hide();
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(clear, &QToolButton::clicked, this, [this] {
        m_log.clear();
        m_model->setRowCount(0);
    });
    connect(m_table, &QWidget::customContextMenuRequested, this, &LogPanel::showMenu);
    connect(m_table, &QAbstractItemView::activated, this, [this] { emit panelRequested(u"sql"_s, {{u"sql"_s, markedSql()}}); });
    m_timer.setInterval(takeMs);
    connect(&m_timer, &QTimer::timeout, this, &LogPanel::take);
    m_timer.start();
    QMetaObject::invokeMethod(this, [this] { emit settled(); }, Qt::QueuedConnection);
}

LogPanel::~LogPanel() = default;

QVariantMap LogPanel::saveState() const
{
    return {{u"slow"_s, m_slow->value()}};
}

void LogPanel::restoreState(const QVariantMap &state)
{
    if (const int slow = state.value(u"slow"_s).toInt(); slow > 0)
        m_slow->setValue(slow);
}

void LogPanel::find()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

bool LogPanel::isSecret(const QString &sql) const
{
    return std::any_of(m_secretColumns.begin(), m_secretColumns.end(), [&sql](const QString &name) { return sql.contains(name, Qt::CaseInsensitive); });
}

void LogPanel::append(const LoggedStatement &statement)
{
    const Tokens &tokens = Tokens::of(palette());
    const double ms = std::chrono::duration<double, std::milli>(statement.duration).count();
    const QString values = isSecret(statement.sql) && !statement.parameters.isEmpty() ? tr("not shown: the statement is about a secret") : statement.parameters.join(u" · "_s);
    QList<QStandardItem *> row;
    row.append(new QStandardItem(statement.beganUtc.toLocalTime().toString(u"hh:mm:ss.zzz"_s)));
    row.append(new QStandardItem(tr("%1 ms").arg(QLocale::c().toString(ms, 'f', ms < 10 ? 2 : 0))));
    row.append(new QStandardItem(QLocale::c().toString(static_cast<qlonglong>(statement.rows))));
    row.append(new QStandardItem(statement.sql.simplified()));
    row.append(new QStandardItem(statement.error.isEmpty() ? values : statement.error));
    for (QStandardItem *item : row) {
        item->setData(statement.sql, sqlRole);
        item->setData(isSecret(statement.sql) ? QStringList() : statement.parameters, parametersRole);
        item->setToolTip(item->text().left(2000));
        if (!statement.error.isEmpty())
            item->setForeground(tokens.bad);
        else if (ms >= m_slow->value())
            item->setForeground(tokens.warn);
    }
    if (const QString text = row[Values]->text(); !text.isEmpty()) {
        m_table->showColumn(Values);
        // As wide as the longest so far. A width that the user chose stays until a longer one comes.
        const int wanted = std::clamp(m_table->fontMetrics().horizontalAdvance(text) + scaled(2 * metrics::space3), scaled(leastParametersWidth), scaled(parametersWidth));
        if (wanted > m_parametersWidth)
            m_table->setColumnWidth(Values, m_parametersWidth = wanted);
    }
    row[Statement]->setFont(fixedFont());
    row[Duration]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row[Rows]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_model->appendRow(row);
}

void LogPanel::take()
{
    const std::vector<LoggedStatement> added = m_log.after(m_last);
    if (added.empty())
        return;
    const QScrollBar *bar = m_table->verticalScrollBar();
    const bool isAtEnd = bar->value() >= bar->maximum();
    for (const LoggedStatement &statement : added)
        append(statement);
    m_last = added.back().number;
    if (const int surplus = m_model->rowCount() - static_cast<int>(StatementLog::mostEntries); surplus > 0)
        m_model->removeRows(0, surplus);
    m_empty->hide();
    m_table->show();
    m_count->setText(tr("%1 statements").arg(QLocale().toString(m_model->rowCount())));
    if (isAtEnd)
        m_table->scrollToBottom();
}

QString LogPanel::markedSql() const
{
    return m_table->currentIndex().data(sqlRole).toString();
}

void LogPanel::copy(const QString &)
{
    QStringList statements;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        statements.append(index.data(sqlRole).toString());
    if (!statements.isEmpty())
        QApplication::clipboard()->setText(statements.join(u";\n"_s));
}

void LogPanel::showMenu(const QPoint &place)
{
    if (markedSql().isEmpty())
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy the statement"), this, [this] { copy({}); });
    menu->addAction(tr("Open in SQL"), this, [this] { emit panelRequested(u"sql"_s, {{u"sql"_s, markedSql()}}); });
    QAction *explain = menu->addAction(tr("Explain"), this, [this] {
        const QString sql = withValues(markedSql(), m_table->currentIndex().data(parametersRole).toStringList(), context().catalog->engine);
        emit panelRequested(u"sql"_s, {{u"sql"_s, sql}, {u"explain"_s, true}});
    });
    explain->setObjectName(u"explainStatement"_s);
    menu->popup(m_table->viewport()->mapToGlobal(place));
}

PanelKind logPanelKind()
{
    PanelKind kind;
    kind.id = u"log"_s;
    kind.title = LogPanel::tr("Statement l&og");
    kind.icon = u"log"_s;
    kind.make = [](const PanelServices &, const DatabaseContext &context, const QVariantMap &, QWidget *parent) -> Panel * { return new LogPanel(context, parent); };
    return kind;
}

} // namespace turnstone
