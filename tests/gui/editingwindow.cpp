// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/editingwindow.h"

#include "tests/cli/clirunner.h"
#include "views/shell/panelkinds.h"

#include <QSignalSpy>

namespace turnstone {

using namespace Qt::StringLiterals;

void EditingWindow::init()
{
    m_fixture = std::make_unique<WindowFixture>();
    m_folder = std::make_unique<QTemporaryDir>();
}

void EditingWindow::cleanup()
{
    m_window.reset();
    m_fixture.reset();
}

void EditingWindow::open(const QString &system, const QString &path, bool readOnly)
{
    m_path = m_folder->filePath(u"demo.db"_s);
    const CliRun made({u"demo"_s, m_path, u"--system"_s, system});
    QVERIFY2(made.code == 0, made.err.constData());
    openAgain(path, readOnly);
}

void EditingWindow::openAgain(const QString &path, bool readOnly)
{
    m_window = std::make_unique<MainWindow>(m_fixture->services(), allPanelKinds(), allWindowCommands());
    m_window->resize(1300, 800);
    m_window->show();
    QSignalSpy opened(m_window.get(), &MainWindow::databaseOpened);
    m_window->openPlace(m_path, readOnly);
    QTRY_COMPARE_WITH_TIMEOUT(opened.size(), 1, 20'000);
    m_window->goToPath(path);
    const QString table = path.section(u'/', 1, 1);
    QTRY_VERIFY_WITH_TIMEOUT(panel() != nullptr && panel()->catalogTable().name == table && panel()->currentRecord().has_value(), 20'000);
}

} // namespace turnstone
