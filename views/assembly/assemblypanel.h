// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/assembly.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QComboBox;
class QLabel;

namespace turnstone {

class MessageBar;
class ReadingView;

/// A prompt as the application puts it together: its blocks in order with placeholders filled in from a chosen run, or a template with
/// the modules and variables that it names, the stages in which modules run, and where a block is used. GUI thread only.
class AssemblyPanel final : public Panel
{
    Q_OBJECT

public:
    AssemblyPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~AssemblyPanel() override;

    QString title() const override;
    QString path() const override { return m_path; }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    void accept(Assembly assembly);
    void showBodies(const std::vector<int> &heads);

    const QString m_table;
    const RowKey m_key;
    ReadingView *m_view;
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_summary;
    QComboBox *m_groups;
    std::optional<Assembly> m_assembly;
    /// Of each line of the view: the part, the stage or the use that it shows.
    struct Line
    {
        enum class What { Heading, Part, Stage, Use } what = What::Heading;
        std::size_t number = 0;
    };
    std::vector<Line> m_lines;
    QString m_group;
    QString m_path;
    std::stop_source m_stop;
};

PanelKind assemblyPanelKind();

} // namespace turnstone
