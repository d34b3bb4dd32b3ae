// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers from one start to the next.
#include "views/browse/tablepanel.h"
#include "views/record/recordpanel.h"
#include "views/shell/databases.h"
#include "views/shell/mainwindow.h"
#include "views/tree/treepanel.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>
#include <QTabBar>
#include <QTabWidget>

#include <map>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr char positionProperty[] = "sessionPosition";

} // namespace

QString MainWindow::columnsKey(const TablePanel &panel) const
{
    // Paths hold slashes, which separate groups in settings.
    const QString place = panel.context().pool->url().displayText() + u'\n' + panel.catalogTable().schema + u'\n' + panel.catalogTable().name;
    return u"columns/"_s + QString::fromLatin1(QCryptographicHash::hash(place.toUtf8(), QCryptographicHash::Sha1).toHex());
}

void MainWindow::rememberColumns(const TablePanel &panel)
{
    m_settings.setValue(columnsKey(panel), QJsonDocument(QJsonObject::fromVariantMap(panel.saveColumns())).toJson(QJsonDocument::Compact));
}

void MainWindow::saveSession()
{
    std::map<int, QJsonObject> databases; // by id: in the order in which they were asked for
    for (const auto &of : m_databases->all()) {
        QJsonArray tabs;
        int current = -1;
        for (int i = 0; i < m_tabs->count(); ++i) {
            const Panel *panel = view(i);
            if (panel == nullptr || panel->context().id != of->id)
                continue;
            if (i == m_tabs->currentIndex())
                current = static_cast<int>(tabs.size());
            QVariantMap state = panel->saveState();
            if (!panel->kind().isEmpty())
                state = {{u"kind"_s, panel->kind()}, {u"arguments"_s, argumentsOf(*panel)}, {u"state"_s, state}};
            state.insert(u"position"_s, i);
            tabs.append(QJsonObject::fromVariantMap(state));
        }
        // displayText() has no password in it.
        databases[of->id] = {{u"place"_s, of->pool->url().displayText()},
                             {u"readOnly"_s, of->isAskedReadOnly},
                             {u"tree"_s, QJsonObject::fromVariantMap(m_tree->saveState(of->id))},
                             {u"tabs"_s, tabs},
                             {u"current"_s, current}};
    }
    // What is still being opened comes back as it would have come now.
    for (auto it = m_restoring.cbegin(); it != m_restoring.cend(); ++it)
        databases[it.key()] = QJsonObject::fromVariantMap(it.value());
    QJsonArray session;
    for (const auto &[id, database] : databases)
        session.append(database);
    m_settings.setValue(u"session"_s, QJsonDocument(session).toJson(QJsonDocument::Compact));
    m_settings.setValue(u"record"_s, QJsonDocument(QJsonObject::fromVariantMap(m_record->saveState())).toJson(QJsonDocument::Compact));
}

void MainWindow::restoreSession()
{
    m_record->restoreState(QJsonDocument::fromJson(m_settings.value(u"record"_s).toByteArray()).object().toVariantMap());
    m_openedTogether.clear();
    for (const QJsonValue &entry : QJsonDocument::fromJson(m_settings.value(u"session"_s).toByteArray()).array()) {
        const QVariantMap state = entry.toObject().toVariantMap();
        const Result<DatabaseUrl> url = DatabaseUrl::parse(state.value(u"place"_s).toString());
        if (!url)
            continue;
        const int id = openAsSaved(*url, state.value(u"readOnly"_s).toBool());
        m_restoring.insert(id, state);
        const bool wasInFront = state.value(u"current"_s, -1).toInt() >= 0;
        m_openedTogether.insert(wasInFront ? m_openedTogether.begin() : m_openedTogether.end(), id);
    }
}

void MainWindow::restoreDatabase(int id, const QVariantMap &state)
{
    OpenDatabase &of = *m_databases->database(id);
    Panel *current = nullptr;
    const QVariantList tabs = state.value(u"tabs"_s).toList();
    for (int i = 0; i < tabs.size(); ++i) {
        const QVariantMap tab = tabs[i].toMap();
        Panel *panel = nullptr;
        if (const PanelKind *kind = panelKind(tab.value(u"kind"_s).toString())) {
            panel = addPanel(of, *kind, tab.value(u"arguments"_s).toMap());
            panel->restoreState(tab.value(u"state"_s).toMap());
        } else {
            const CatalogTable *table = of.facts.catalog->table(tab.value(u"table"_s).toString(), tab.value(u"schema"_s).toString());
            if (table == nullptr || !table->problem.isEmpty())
                continue;
            panel = addPanel(of, *table);
            panel->restoreState(tab);
        }
        if (i == state.value(u"current"_s).toInt())
            current = panel;
        if (tab.contains(u"position"_s))
            moveToPosition(*panel, tab.value(u"position"_s).toInt());
    }
    if (current != nullptr)
        m_tabs->setCurrentWidget(current);
    m_tree->restoreState(id, state.value(u"tree"_s).toMap());
}

/// Tabs of several databases stand as they stood, whichever database is there first.
void MainWindow::moveToPosition(Panel &panel, int position)
{
    panel.setProperty(positionProperty, position);
    const int last = m_tabs->indexOf(&panel);
    int to = last;
    const auto positionOf = [this](int tab) { return m_tabs->widget(tab)->property(positionProperty); };
    while (to > 0 && positionOf(to - 1).isValid() && positionOf(to - 1).toInt() > position)
        --to;
    m_tabs->tabBar()->moveTab(last, to);
}

} // namespace turnstone
