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
#include <QTabWidget>

namespace turnstone {

using namespace Qt::StringLiterals;

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
    QJsonArray databases;
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
            tabs.append(QJsonObject::fromVariantMap(state));
        }
        // displayText() has no password in it.
        databases.append(QJsonObject{{u"place"_s, of->pool->url().displayText()},
                                     {u"tree"_s, QJsonObject::fromVariantMap(m_tree->saveState(of->id))},
                                     {u"tabs"_s, tabs},
                                     {u"current"_s, current}});
    }
    m_settings.setValue(u"session"_s, QJsonDocument(databases).toJson(QJsonDocument::Compact));
    m_settings.setValue(u"record"_s, QJsonDocument(QJsonObject::fromVariantMap(m_record->saveState())).toJson(QJsonDocument::Compact));
}

void MainWindow::restoreSession()
{
    m_record->restoreState(QJsonDocument::fromJson(m_settings.value(u"record"_s).toByteArray()).object().toVariantMap());
    ConnectionOptions editable;
    editable.readOnly = false;
    for (const QJsonValue &entry : QJsonDocument::fromJson(m_settings.value(u"session"_s).toByteArray()).array()) {
        const QVariantMap state = entry.toObject().toVariantMap();
        if (const Result<DatabaseUrl> url = DatabaseUrl::parse(state.value(u"place"_s).toString()))
            m_restoring.insert(m_databases->open(*url, editable, {}), state);
    }
}

void MainWindow::restoreDatabase(int id, const QVariantMap &state)
{
    OpenDatabase &of = *m_databases->database(id);
    Panel *current = nullptr;
    const QVariantList tabs = state.value(u"tabs"_s).toList();
    for (int i = 0; i < tabs.size(); ++i) {
        const QVariantMap tab = tabs[i].toMap();
        if (const PanelKind *kind = panelKind(tab.value(u"kind"_s).toString())) {
            Panel *panel = addPanel(of, *kind, tab.value(u"arguments"_s).toMap());
            panel->restoreState(tab.value(u"state"_s).toMap());
            if (i == state.value(u"current"_s).toInt())
                current = panel;
            continue;
        }
        const CatalogTable *table = of.facts.catalog->table(tab.value(u"table"_s).toString(), tab.value(u"schema"_s).toString());
        if (table == nullptr || !table->problem.isEmpty())
            continue;
        TablePanel *panel = addPanel(of, *table);
        panel->restoreState(tab);
        if (i == state.value(u"current"_s).toInt())
            current = panel;
    }
    if (current != nullptr)
        m_tabs->setCurrentWidget(current);
    m_tree->restoreState(id, state.value(u"tree"_s).toMap());
}

} // namespace turnstone
