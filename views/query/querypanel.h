// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/query/drafts.h"
#include "models/query/queryplan.h"
#include "models/query/scriptguard.h"
#include "models/query/scriptrunner.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <QElapsedTimer>
#include <QTimer>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTabWidget;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace turnstone {

class FlowLayout;
class MessageBar;
class ResultView;
class SqlEditor;

/// SQL of one's own on one database: written with colours and completion, run as a whole, by statement or by what is marked,
/// results in tabs. What is typed is kept as it is typed. GUI thread only.
class QueryPanel final : public Panel
{
    Q_OBJECT

public:
    /// `arguments` may have "sql" (to begin with) and "run" or "explain" (true: at once).
    QueryPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~QueryPanel() override;

    QString title() const override;
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    QString reasonToStay() const override;
    void copy(const QString &format) override;
    void find() override;
    void reload() override;
    void setEditing(CellEditing &editing) override { m_editing = &editing; }
    void setShownZone(ShownZone zone) override;
    bool canEdit(EditCommand command) const override;
    void edit(EditCommand command) override;

private:
    void build();
    void buildBar(QHBoxLayout *bar);
    void buildLimits();
    void connectRunner();
    /// The statements to run: what is marked, the one at the cursor, or all.
    QList<SqlStatement> chosen(bool all) const;
    void run(bool all);
    void start(const QList<SqlStatement> &statements);
    void refuse(const ScriptDemands &demands);
    /// Tells why, if a session that may write must not be used now.
    bool isHeldBack();
    /// Goes back to reading where writing is not allowed any more; an open transaction waits for being rolled back.
    void applyAccess();
    void confirm(const QList<SqlStatement> &statements, const QStringList &writes);
    void explain(bool analyze);
    void showPlan(const Result<std::vector<QStringList>> &rows);
    void addPlanItem(QTreeWidgetItem *parent, const PlanNode &node, double whole);
    void addResult(int index, const std::shared_ptr<QueryRows> &rows);
    void letEdit(ResultView &view);
    void reorder(ResultView *view, int column, bool isDescending);
    void tell(const QString &line);
    void keep();
    void showParameters();
    Parameters parameters(const QStringList &names) const;
    void fillQueries();
    void showState();
    void applyMayWrite(bool may);
    void setTransactionLimit(int seconds);
    QString databaseName() const;

    static constexpr QLatin1String transactionLimitKey{"query/transactionSeconds"}; ///< in the settings

    const PanelServices m_services;
    const SqlDialect m_dialect;
    Drafts m_drafts;
    Draft m_draft;
    ScriptRunner *m_runner;
    MessageBar *m_message;
    SqlEditor *m_editor;
    QTabWidget *m_results;
    QPlainTextEdit *m_log;
    QTreeWidget *m_plan;
    QWidget *m_parameterBar;
    FlowLayout *m_parameterLayout;
    std::vector<std::pair<QString, QLineEdit *>> m_parameterFields;
    QToolButton *m_run;
    QToolButton *m_runAll;
    QToolButton *m_stop;
    QToolButton *m_explain;
    QToolButton *m_write;
    QToolButton *m_queries;
    QToolButton *m_commit;
    QToolButton *m_rollback;
    QLabel *m_state;
    QLabel *m_transaction;
    CellEditing *m_editing = nullptr;
    ShownZone m_zone = ShownZone::Utc;
    QTimer m_typing;
    QTimer m_ticking;
    QList<SqlStatement> m_running;
    QString m_script; ///< the text whose statements run
    std::vector<ResultView *> m_views; ///< of the running script, by statement
    ResultView *m_replaced = nullptr;  ///< whose order is being changed
    std::pair<int, bool> m_replacedOrder;
    qint64 m_rows = 0;
    QString m_failure;
};

PanelKind queryPanelKind();

} // namespace turnstone
