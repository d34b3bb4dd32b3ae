// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/find/findrun.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <QMap>
#include <QTimer>

#include <stop_token>

class QCheckBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace turnstone {

class MessageBar;

/// Find anywhere: hits as one types, grouped by table, each with the matching part; a click goes to the record. GUI thread
/// only; the search runs in the pool.
class FindPanel final : public Panel
{
    Q_OBJECT

public:
    /// `arguments` may have "text" to begin with.
    FindPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~FindPanel() override;

    QString title() const override;
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void find() override;
    void reload() override;
    void copy(const QString &format) override;

private:
    void build();
    void start();
    void stop();
    void add(const std::vector<FindHit> &hits);
    void finish(const Result<FindSummary> &summary);
    void open(QTreeWidgetItem *item);
    void openHit(const FindHit &hit);
    void showMenu(const QPoint &place);
    QString tableTitle(const QString &table) const;
    /// What records are called takes the place of their keys, some at a time.
    void readTitles();

    const PanelServices m_services;
    MessageBar *m_message;
    QLineEdit *m_text;
    QCheckBox *m_pattern;
    QCheckBox *m_case;
    QCheckBox *m_parts;
    QToolButton *m_stopButton;
    QProgressBar *m_progress;
    QLabel *m_state;
    QLabel *m_empty;
    QTreeWidget *m_hits;
    QMap<QString, QTreeWidgetItem *> m_tables;
    struct Untitled
    {
        QString table;
        std::vector<RowKey> keys;
        std::vector<QTreeWidgetItem *> items;
    };
    std::vector<Untitled> m_untitled;
    bool m_isReadingTitles = false;
    QTimer m_typing;
    std::stop_source m_stop;
    quint64 m_generation = 0; ///< of the search; hits of an earlier one are dropped
    int m_count = 0;
    bool m_isRunning = false;
};

PanelKind findPanelKind();

} // namespace turnstone
