// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/database/statementlog.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <QTimer>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QSpinBox;
class QStandardItemModel;
class QTableView;

namespace turnstone {

/// Every statement that the program sends to a database while this panel is open: time, duration, rows, parameters; slow ones
/// are marked. In memory only. GUI thread only.
class LogPanel final : public Panel
{
    Q_OBJECT

public:
    LogPanel(DatabaseContext context, QWidget *parent = nullptr);
    ~LogPanel() override;

    QString title() const override { return tr("Log"); }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;
    void find() override;

private:
    void take();
    void append(const LoggedStatement &statement);
    void showMenu(const QPoint &place);
    QString markedSql() const;
    bool isSecret(const QString &sql) const;

    StatementLog m_log;
    const QStringList m_secretColumns; ///< of the profile: parameters of statements that name one are not shown
    QStandardItemModel *m_model;
    QSortFilterProxyModel *m_proxy;
    QTableView *m_table;
    QLineEdit *m_filter;
    QSpinBox *m_slow;
    QLabel *m_empty;
    QLabel *m_count;
    QTimer m_timer;
    std::int64_t m_last = 0;
    int m_parametersWidth = 0;
};

PanelKind logPanelKind();

} // namespace turnstone
