// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/health/databasestate.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QLabel;
class QTabWidget;
class QTableWidget;

namespace turnstone {

class MessageBar;

/// The state of a database: its parts in tabs, read one by one, and what can be done about them. GUI thread only.
class HealthPanel final : public Panel
{
    Q_OBJECT

public:
    HealthPanel(const PanelServices &services, DatabaseContext context, QWidget *parent = nullptr);
    ~HealthPanel() override;

    QString title() const override { return tr("State"); }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;
    void reload() override;

private:
    void read(std::size_t part);
    void showPart(std::size_t part, const StateSection &section);
    /// Tells why, if it may not write now.
    bool isRefused(const Maintenance &maintenance);
    void ask(const Maintenance &maintenance);
    void run(const Maintenance &maintenance);

    const PanelServices m_services;
    const std::vector<StatePart> m_parts;
    std::vector<QTableWidget *> m_tables;
    std::vector<QLabel *> m_abouts;
    std::vector<bool> m_isDue; ///< is read when its tab is chosen
    MessageBar *m_message;
    QTabWidget *m_tabs;
    std::stop_source m_stop;
    int m_task = 0;
};

PanelKind healthPanelKind();

} // namespace turnstone
