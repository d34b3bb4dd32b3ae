// SPDX-License-Identifier: GPL-3.0-or-later
// What the SQL panel is built of, its plan and its menu of queries.
#include "models/core/async.h"
#include "models/sql/statementkind.h"
#include "views/query/querypanel.h"
#include "views/query/sqleditor.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSettings>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostOfHistory = 25;

void name(QToolButton *button, const QString &object, const QString &text, const QString &tip)
{
    button->setObjectName(object);
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(text);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
}

} // namespace

void QueryPanel::buildBar(QHBoxLayout *bar)
{
    name(m_run, u"runStatement"_s, tr("Run"), tr("Run what is marked, or the statement at the cursor (Ctrl+Return)"));
    name(m_runAll, u"runAll"_s, tr("Run all"), tr("Run every statement, one after the other (Ctrl+Shift+Return)"));
    name(m_stop, u"stopRun"_s, tr("Stop"), tr("Stop what runs"));
    name(m_explain, u"explain"_s, tr("Explain"), tr("Show how the engine runs the statement"));
    name(m_queries, u"queries"_s, tr("Queries"), tr("Saved queries, and what was run before"));
    name(m_write, u"mayWrite"_s, tr("Reading only"), QString()); // showState() says more
    name(m_commit, u"commit"_s, tr("Commit"), tr("End the open transaction and keep its changes"));
    name(m_rollback, u"rollback"_s, tr("Roll back"), tr("End the open transaction without its changes"));
    m_write->setCheckable(true);
    buildLimits();
    auto *explanations = new QMenu(m_explain);
    explanations->addAction(tr("How it would run"), this, [this] { explain(false); });
    if (context().catalog->engine == Engine::PostgreSql)
        explanations->addAction(tr("Run it and measure"), this, [this] { explain(true); });
    m_explain->setMenu(explanations);
    m_explain->setPopupMode(QToolButton::InstantPopup);
    auto *queries = new QMenu(m_queries);
    m_queries->setMenu(queries);
    m_queries->setPopupMode(QToolButton::InstantPopup);
    connect(queries, &QMenu::aboutToShow, this, &QueryPanel::fillQueries);
    connect(m_run, &QToolButton::clicked, this, [this] { run(false); });
    connect(m_runAll, &QToolButton::clicked, this, [this] { run(true); });
    connect(m_stop, &QToolButton::clicked, m_runner, &ScriptRunner::cancel);
    connect(m_write, &QToolButton::toggled, this, &QueryPanel::applyMayWrite);
    connect(m_commit, &QToolButton::clicked, this, [this] {
        if (isHeldBack())
            return;
        SqlStatement commit;
        commit.text = u"COMMIT"_s;
        start({commit});
    });
    connect(m_rollback, &QToolButton::clicked, m_runner, &ScriptRunner::rollback);
    for (QToolButton *button : {m_run, m_runAll, m_stop, m_explain, m_queries})
        bar->addWidget(button);
    bar->addStretch(1);
    bar->addWidget(m_state);
    bar->addWidget(m_transaction);
    bar->addWidget(m_commit);
    bar->addWidget(m_rollback);
    bar->addWidget(m_write);
}

void QueryPanel::buildLimits()
{
    auto *limits = new QMenu(m_write);
    limits->setObjectName(u"transactionLimit"_s);
    limits->addSection(tr("Roll back an open transaction after"));
    for (const int minutes : {1, 5, 15, 60}) {
        QAction *action = limits->addAction(minutes == 1 ? tr("1 minute") : tr("%1 minutes").arg(minutes), this, [this, seconds = minutes * 60] {
            m_services.settings.setValue(transactionLimitKey, seconds);
            setTransactionLimit(seconds);
        });
        action->setObjectName(u"limit.%1"_s.arg(minutes));
        action->setCheckable(true);
        action->setData(minutes * 60);
    }
    // Also where writing is not allowed: a reading transaction keeps others waiting, too.
    for (QToolButton *button : {m_write, m_rollback}) {
        button->setMenu(limits);
        button->setPopupMode(QToolButton::MenuButtonPopup);
    }
}

void QueryPanel::build()
{
    m_state->setObjectName(u"runState"_s);
    m_transaction->setObjectName(u"transactionState"_s);
    m_transaction->setForegroundRole(QPalette::Text);
    m_log->setObjectName(u"messages"_s);
    m_log->setAccessibleName(tr("Messages"));
    m_log->setReadOnly(true);
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setFont(fixedFont());
    m_log->setPlaceholderText(tr("Write SQL above; Ctrl+Return runs the statement at the cursor.\nQueries holds the application's own questions and what was run before."));
    m_log->setMaximumBlockCount(10'000);
    m_plan->setObjectName(u"plan"_s);
    m_plan->setAccessibleName(tr("Plan of the statement"));
    m_plan->setFrameShape(QFrame::NoFrame);
    m_plan->hide();
    m_results->setObjectName(u"results"_s);
    m_results->setDocumentMode(true);
    m_results->addTab(m_log, tr("Messages"));
    m_parameterBar->setObjectName(u"parameters"_s);
    m_parameterLayout->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(metrics::space2, metrics::space1, metrics::space2, metrics::space1);
    bar->setSpacing(metrics::space1);
    buildBar(bar);
    auto *upper = new QWidget(this);
    auto *upperLayout = new QVBoxLayout(upper);
    upperLayout->setContentsMargins(0, 0, 0, 0);
    upperLayout->setSpacing(0);
    upperLayout->addWidget(m_editor, 1);
    upperLayout->addWidget(m_parameterBar);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"querySplitter"_s);
    splitter->addWidget(upper);
    splitter->addWidget(m_results);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_message);
    layout->addLayout(bar);
    layout->addWidget(splitter, 1);
    connect(m_editor, &SqlEditor::runRequested, this, [this] { run(false); });
    connect(m_editor, &SqlEditor::runAllRequested, this, [this] { run(true); });
}

void QueryPanel::explain(bool analyze)
{
    const QList<SqlStatement> statements = chosen(false);
    if (statements.isEmpty() || m_runner->isRunning() || isHeldBack())
        return;
    const QString sql = statements.front().text;
    m_message->clear();
    onResult(m_runner->explain(sql, parameters(demandsOf(statements, m_dialect).parameters), analyze), this, [this](const Result<std::vector<QStringList>> &rows) { showPlan(rows); });
}

void QueryPanel::addPlanItem(QTreeWidgetItem *parent, const PlanNode &node, double whole)
{
    const QLocale locale;
    auto *item = new QTreeWidgetItem(parent);
    item->setText(0, node.title);
    item->setToolTip(0, node.detail.isEmpty() ? node.title : node.title + u'\n' + node.detail);
    if (node.isScan)
        item->setForeground(0, Tokens::of(palette()).warn);
    if (node.ms >= 0)
        item->setText(1, tr("%1 ms").arg(locale.toString(node.ms, 'f', 2)));
    if (node.rows >= 0)
        item->setText(2, locale.toString(node.rows, 'f', 0));
    if (node.expectedRows >= 0)
        item->setText(3, locale.toString(node.expectedRows, 'f', 0));
    if (node.cost >= 0)
        item->setText(4, whole > 0 ? tr("%1 (%2 %)").arg(locale.toString(node.cost, 'f', 1)).arg(100 * node.cost / whole, 0, 'f', 0) : locale.toString(node.cost, 'f', 1));
    item->setText(5, node.detail);
    for (int column = 1; column <= 4; ++column)
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    for (const PlanNode &child : node.children)
        addPlanItem(item, child, whole);
}

void QueryPanel::showPlan(const Result<std::vector<QStringList>> &rows)
{
    const Result<PlanNode> plan = rows ? planFromRows(context().catalog->engine, *rows) : Result<PlanNode>(failure(rows));
    if (!plan) {
        m_message->showError(plan.error());
        emit settled();
        return;
    }
    m_plan->clear();
    m_plan->setHeaderLabels({tr("Step"), tr("Time"), tr("Rows"), tr("Expected"), tr("Cost"), tr("Details")});
    const bool isServer = context().catalog->engine == Engine::PostgreSql;
    for (int column = 1; column <= 5; ++column)
        m_plan->setColumnHidden(column, !isServer);
    m_plan->setHeaderHidden(!isServer);
    for (int column = 1; column <= 4; ++column) // as the numbers below
        m_plan->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    const double whole = plan->children.empty() ? 0 : plan->children.front().cost;
    auto *root = new QTreeWidgetItem(m_plan);
    root->setText(0, plan->title);
    for (const PlanNode &node : plan->children)
        addPlanItem(root, node, whole);
    m_plan->expandAll();
    for (int column = 0; column < 5; ++column)
        m_plan->resizeColumnToContents(column);
    if (m_results->indexOf(m_plan) < 0)
        m_results->insertTab(m_results->count() - 1, m_plan, tr("Plan"));
    m_plan->show();
    m_results->setCurrentWidget(m_plan);
    emit settled();
}

void QueryPanel::fillQueries()
{
    QMenu *menu = m_queries->menu();
    menu->clear();
    const auto insert = [this](const QString &sql) {
        const QString text = m_editor->script();
        const QString gap = text.trimmed().isEmpty() ? QString() : text.endsWith(u'\n') ? u"\n"_s : u"\n\n"_s;
        const QString all = text.trimmed().isEmpty() ? sql : text + gap + sql;
        m_editor->setScript(all + (sql.endsWith(u';') ? u"\n"_s : u";\n"_s), all.size());
        m_editor->setFocus();
    };
    for (const SavedQuery &query : context().profile->queries) {
        QAction *action = menu->addAction(query.title, this, [this, insert, query] {
            for (const QJsonValue &entry : query.parameters) {
                const QJsonObject parameter = entry.toObject();
                const QString key = u"query/parameters/"_s + parameter.value(u"name"_s).toString();
                if (parameter.contains(u"default"_s) && !m_services.settings.contains(key))
                    m_services.settings.setValue(key, parameter.value(u"default"_s).toVariant().toString());
            }
            insert(query.sql);
        });
        action->setToolTip(query.about);
    }
    QMenu *history = menu->addMenu(tr("History"));
    int count = 0;
    QStringList seen;
    for (const HistoryEntry &entry : m_drafts.history()) {
        if (entry.database != databaseName() || seen.contains(entry.sql))
            continue;
        seen.append(entry.sql);
        const QString when = QDateTime::fromString(entry.at, Qt::ISODate).toLocalTime().toString(u"yyyy-MM-dd hh:mm"_s);
        const QString line = entry.sql.simplified();
        history->addAction(u"%1  %2"_s.arg(when, line.left(70) + (line.size() > 70 ? u"…"_s : QString())).replace(u'&', u"&&"_s), this, [insert, entry] { insert(entry.sql); });
        if (++count >= mostOfHistory)
            break;
    }
    history->setEnabled(count > 0);
}

} // namespace turnstone
